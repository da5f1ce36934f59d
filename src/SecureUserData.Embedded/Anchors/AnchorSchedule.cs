namespace SecureUserData.Embedded;

/// <summary>When anchors of the access log are written by themselves (<see cref="EmbeddedOptions.Anchors"/>).</summary>
/// <param name="Folder">Where to. Whoever can write to the data folder must not be able to write here.</param>
/// <param name="Every">An anchor is written when the newest one in the folder is this old, or there is none.</param>
public sealed record AnchorSchedule(string Folder, TimeSpan Every);
