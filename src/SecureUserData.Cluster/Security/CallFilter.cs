using System.Collections.Concurrent;
using System.Collections.Frozen;
using SecureUserData.Access;
using SecureUserData.Client;
using SecureUserData.Client.Grains;
using SecureUserData.Client.Wire;
using SecureUserData.Cluster.Grains;
using SecureUserData.Cluster.Hosting;
using SecureUserData.Entities;

namespace SecureUserData.Cluster.Security;

/// <summary>Stands before every call to a grain of a silo, the runtime's own included. Clients may call the public
/// contracts, and of the runtime's own what they cannot do without; everything else is refused unless it carries the
/// token of a silo. Who sends a message is not asked: that can be forged.</summary>
internal sealed class CallFilter(CallTokens tokens, SiloDomain domain) : IIncomingGrainCallFilter
{
    /// <summary>What the runtime of a client calls: it asks which grains there are.</summary>
    private static readonly FrozenSet<string> RuntimeMethods = FrozenSet.Create(
        "Orleans.Runtime.IClusterManifestSystemTarget.GetClusterManifest",
        "Orleans.Runtime.IClusterManifestSystemTarget.GetClusterManifestUpdate");

    /// <summary>The interfaces that declare what clients may call.</summary>
    private static readonly FrozenSet<Type> Contracts =
        EntityKind.All.Where(kind => GrainNames.Public.ContainsKey(kind.IdType)).Select(kind => kind.Contract)
            .Concat(WireRegistration.PublicInterfaces)
            .ToFrozenSet();

    private readonly ConcurrentDictionary<Type, bool> _public = new();

    public Task Invoke(IIncomingGrainCallContext context)
    {
        var isSilo = tokens.IsSilo(RequestContext.Get(CallHeaders.Silo) as string);
        if (!isSilo && !IsPublic(context))
            throw SecureUserDataException.Denied("Clients may call the public contracts of SecureUserData only.");
        return context.Grain switch
        {
            IEntityGrain grain => RunAsync(context, grain.EntityContext, isSilo),
            ISignInGrain => TranslateAsync(context),
            _ => context.Invoke(),
        };
    }

    private async Task RunAsync(IIncomingGrainCallContext context, EntityContext entity, bool isSilo)
    {
        entity.Enter(CallerOf(isSilo));
        var callers = isSilo ? null : domain.Callers.Enter(entity.Rank);
        try
        {
            await TranslateAsync(context);
        }
        finally
        {
            callers?.Leave();
            entity.Leave();
        }
    }

    /// <summary>What is not ours reaches nobody with its text, which can hold data.</summary>
    private static async Task TranslateAsync(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (Exception exception) when (exception is not SecureUserDataException)
        {
            throw ClusterErrors.Outward(exception);
        }
    }

    /// <summary>Silos may call on nobody's behalf.</summary>
    private Caller CallerOf(bool isSilo)
    {
        if (RequestContext.Get(CallHeaders.Caller) is string token)
            return tokens.Read(token) ?? throw SecureUserDataException.Denied(
                "This sign-in is not valid here, or not any more: sign in again.");
        return isSilo ? Caller.Anonymous : throw SecureUserDataException.Denied("Sign in first.");
    }

    /// <summary>Goes by what will run, and not by what the message says that it is.</summary>
    private bool IsPublic(IIncomingGrainCallContext context) =>
        _public.GetOrAdd(context.Request.GetType(), static (_, method) =>
            Contracts.Contains(method.DeclaringType!)
            || RuntimeMethods.Contains($"{method.DeclaringType}.{method.Name}"),
            context.InterfaceMethod);
}
