using System.Reflection;

namespace SecureUserData.Vault.Tests.Attacks;

/// <summary>A server that shows what it likes: it passes requests on to an honest one, keeps every request and answer,
/// and changes the answers that it has a lie for.</summary>
/// <param name="honest">The server behind it.</param>
internal sealed class DishonestServer(ISecureUserData honest) : ISecureUserData
{
    private readonly Dictionary<string, Func<object?[], object?, object?>> _lies = [];
    private readonly Dictionary<string, Func<object?[], Task<object?>>> _inventions = [];

    /// <summary>All that went through it: the method, what was sent, and what was answered.</summary>
    internal List<(string Method, object?[] Sent, object? Answer)> Recording { get; } = [];

    /// <summary>What was asked for with a method.</summary>
    internal IEnumerable<object?[]> Sent(string method) =>
        Recording.Where(call => call.Method == method).Select(call => call.Sent);

    /// <summary>Changes the answers of a method.</summary>
    internal void Lie<T>(string method, Func<object?[], T, T> lie) =>
        _lies[method] = (sent, answer) => lie(sent, (T)answer!);

    /// <summary>Answers a method without asking the honest server.</summary>
    internal void Invent(string method, Func<object?[], Task<object?>> answer) => _inventions[method] = answer;

    /// <summary>Is honest from here on.</summary>
    internal void TellTheTruth()
    {
        _lies.Clear();
        _inventions.Clear();
    }

    public Task<ISession> SignInAsync(Credential credential) => honest.SignInAsync(credential);

    public Task<Credential> ClaimAsync(Credential claimCode) => honest.ClaimAsync(claimCode);

    public Task<byte[]> ChallengeAsync(VaultId vault, VaultUserId user, byte[] clientNonce) => AnswerAsync(
        nameof(ChallengeAsync), [vault, user, clientNonce], () => honest.ChallengeAsync(vault, user, clientNonce));

    public async Task<ISession> SignInToVaultAsync(VaultSignIn answer)
    {
        Recording.Add((nameof(SignInToVaultAsync), [answer], null));
        return new Session(this, await honest.SignInToVaultAsync(answer));
    }

    private async Task<T> AnswerAsync<T>(string method, object?[] sent, Func<Task<T>> ask)
    {
        var at = Recording.Count;
        Recording.Add((method, sent, null)); // what is refused was sent all the same
        var answer = _inventions.TryGetValue(method, out var invention) ? (T)(await invention(sent))! : await ask();
        if (_lies.TryGetValue(method, out var lie)) answer = (T)lie(sent, answer)!;
        Recording[at] = (method, sent, answer);
        return answer;
    }

    private sealed class Session(DishonestServer server, ISession honest) : ISession
    {
        public Identity Identity => honest.Identity;

        public TEntity Get<TEntity>(IEntityId<TEntity> id)
            where TEntity : class, IEntity
        {
            var entity = DispatchProxy.Create<TEntity, Entity>();
            ((Entity)(object)entity).Stand(server, honest.Get(id));
            return entity;
        }
    }

    /// <summary>Stands for an entity of the honest server.</summary>
    internal class Entity : DispatchProxy
    {
        private DishonestServer? _server;
        private object? _honest;

        internal void Stand(DishonestServer server, object honest) => (_server, _honest) = (server, honest);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var result = targetMethod!.ReturnType;
            if (result == typeof(Task)) return ForwardAsync(targetMethod, args!);
            return typeof(Entity).GetMethod(nameof(AskAsync), BindingFlags.NonPublic | BindingFlags.Instance)!
                .MakeGenericMethod(result.GetGenericArguments()[0]).Invoke(this, [targetMethod, args!]);
        }

        private Task<T> AskAsync<T>(MethodInfo method, object?[] args) => _server!.AnswerAsync(
            method.Name, args, () => (Task<T>)method.Invoke(_honest, args)!);

        private async Task ForwardAsync(MethodInfo method, object?[] args) => await _server!.AnswerAsync(
            method.Name,
            args,
            async () =>
            {
                await (Task)method.Invoke(_honest, args)!;
                return true;
            });
    }
}
