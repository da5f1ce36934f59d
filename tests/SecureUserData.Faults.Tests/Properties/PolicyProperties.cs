using System.Collections.Immutable;
using FsCheck.Fluent;
using SecureUserData.Consents;
using SecureUserData.Cryptography;
using SecureUserData.Processing;
using SecureUserData.Retention;

namespace SecureUserData.Faults.Tests.Properties;

/// <summary>Decisions that are functions of what they are given, against the simplest way to say the same.</summary>
public sealed class PolicyProperties
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly string[] Fields = ["city", "email", "name"];

    [Fact]
    public void Only_what_was_given_reads_until_it_expires_or_the_script_asks_for_more() =>
        Sampled.Holds(Sampled.Choices, choices =>
        {
            var text = new ScriptText("Letters", "Letters", LegalBasis.Consent) { Fields = Fields };
            var versions = ImmutableArray.Create(new ScriptVersionState(text, Start));
            ConsentDecision? decision = null;
            var allowed = new HashSet<string>(); // the naive way: what may be read, until when
            DateTimeOffset? until = null;
            var now = Start;
            foreach (var choice in choices)
            {
                var set = Fields.Where((_, i) => (choice >> 4 & 1 << i) != 0).ToArray();
                if (choice % 6 == 0) now += TimeSpan.FromDays(choice >> 8 & 7);
                else if (choice % 6 == 1 && set.Length > 0)
                {
                    var before = versions[^1].Text;
                    var purpose = (choice >> 8 & 3) == 0 ? $"{choice}" : before.Purpose;
                    text = before with { Fields = set, Purpose = purpose };
                    versions = versions.Add(new ScriptVersionState(text, now));
                    if (text.Purpose != before.Purpose || set.Except(before.Fields).Any()) allowed.Clear();
                    else allowed.IntersectWith(set);
                }
                else if (choice % 6 is 2 or 3)
                {
                    allowed = [.. set.Intersect(text.Fields)];
                    until = (choice >> 8 & 3) == 0 ? now + TimeSpan.FromDays(1 + (choice >> 10 & 7)) : null;
                    decision = Decide(ConsentStatus.Given, versions, now, allowed, until);
                }
                else if (choice % 6 == 4)
                {
                    allowed.Clear();
                    decision = Decide(ConsentStatus.Withdrawn, versions, now, allowed, null);
                }
                else if (decision is not null) decision = Carry(decision, versions, now); // now or later is the same

                foreach (var field in Fields)
                    Assert.Equal(
                        allowed.Contains(field) && (until is null || now < until),
                        ConsentPolicy.Refuse(
                            now,
                            decision is null ? null : Carry(decision, versions, now),
                            versions.Length,
                            new Selection { Fields = [field] }) is null);
            }
        });

    [Fact]
    public void What_is_over_stays_over_and_is_over_from_its_last_day_on() => Sampled.Holds(
        Sampled.Choices.Where(choices => choices.Length > 1),
        choices =>
        {
            var period = TimeSpan.FromDays(1 + (choices[0] % Limits.RetentionDays));
            var at = Start.AddMinutes(choices[1] % 10_000_000);
            foreach (var minutes in choices)
            {
                var now = at.AddMinutes(minutes % 60_000_000);
                Assert.Equal(now - at >= period, RetentionPolicy.IsOver(at.ToUnixTimeMilliseconds(), period, now));
            }
        });

    /// <summary>A diacritic that stands alone, such as U+00A8, becomes a space and a mark that combines, so that outer
    /// spaces may appear once.</summary>
    [Fact]
    public void Normalising_twice_is_normalising_once_but_for_outer_spaces() => Sampled.Holds(
        Sampled.Text,
        text => Assert.Equal(BlindIndex.Normalise(text).Trim(), BlindIndex.Normalise(BlindIndex.Normalise(text))));

    [Fact]
    public void Every_character_normalises_to_what_normalises_to_itself_but_for_outer_spaces()
    {
        for (var value = 0; value <= 0x10FFFF; value++)
            if (System.Text.Rune.IsValid(value) && value != 0xFFFE)
            {
                var once = BlindIndex.Normalise(char.ConvertFromUtf32(value));
                Assert.True(once.Trim() == BlindIndex.Normalise(once), $"U+{value:X4}");
            }
    }

    [Fact]
    public void No_use_of_a_key_is_beyond_what_is_stored_or_comes_twice() => Sampled.Holds(Sampled.Choices, choices =>
    {
        long stored = 0, last = 0, next = 0; // uses by number: the next one of an activation, the last of all
        var uses = new KeyUses(stored);
        foreach (var choice in choices)
        {
            var count = 1 + (choice >> 4) % Limits.PageItems;
            if (choice % 8 == 0) (uses, next) = (new KeyUses(stored), stored); // a crash
            var needed = uses.Needed(count, (choice & 0x100) == 0 ? KeyUses.Block : 0);
            if (needed > uses.Reserved && choice % 8 == 1) continue; // it could not be stored, and nothing is sealed
            stored = Math.Max(stored, needed);
            if (choice % 8 == 2) (uses, next) = (new KeyUses(stored), stored); // a crash after it was stored
            if (uses.Needed(count, 0) > stored) continue; // and what was reserved is lost
            uses.Store(stored);
            uses.Spend(count);
            Assert.True(next >= last, $"use {next + 1} comes twice");
            next = last = next + count;
            Assert.True(last <= stored, $"use {last} and only {stored} are stored");
        }
    });

    private static ConsentDecision Carry(
        ConsentDecision decision, ImmutableArray<ScriptVersionState> versions, DateTimeOffset now) =>
        decision.ScriptVersion == versions.Length
            ? decision
            : ConsentPolicy.Carry(
                decision, new ScriptInForce(View(versions), ScriptPolicy.NarrowsSince(versions)), now);

    private static ConsentDecision Decide(
        ConsentStatus status,
        ImmutableArray<ScriptVersionState> versions,
        DateTimeOffset now,
        IEnumerable<string> fields,
        DateTimeOffset? expires) => new(
        status, versions.Length, "", [.. fields], [], ConsentCapacity.DataSubject, now, expires, Sequence: 1);

    private static ScriptView View(ImmutableArray<ScriptVersionState> versions) => new(
        ScriptId.Parse("scr_01jd5tq9rkf0r8hxm2n4vwczye"),
        AppId.Parse("app_01jd5tq9rkf0r8hxm2n4vwczye"),
        versions.Length,
        versions[^1].Text,
        "",
        Start);
}
