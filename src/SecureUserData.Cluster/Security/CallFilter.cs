using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using Microsoft.Extensions.Logging;
using SecureUserData.Access;
using SecureUserData.Client;
using SecureUserData.Client.Grains;
using SecureUserData.Client.Wire;
using SecureUserData.Cluster.Grains;
using SecureUserData.Cluster.Hosting;
using SecureUserData.Cluster.Telemetry;
using SecureUserData.Entities;

namespace SecureUserData.Cluster.Security;

/// <summary>Stands before every call to a grain of a silo, the runtime's own included. Clients may call the public
/// contracts, and of the runtime's own what they cannot do without; everything else is refused unless it carries the
/// token of a silo. Who sends a message is not asked: that can be forged.</summary>
internal sealed partial class CallFilter(
    CallTokens tokens, SiloDomain domain, SiloMetrics metrics, ILogger<CallFilter> logger) : IIncomingGrainCallFilter
{
    /// <summary>What the runtime of a client calls: it asks which grains there are. And the timers of a grain, which
    /// call it from within: from without there is no such target.</summary>
    private static readonly FrozenSet<string> RuntimeMethods = FrozenSet.Create(
        "Orleans.Runtime.IClusterManifestSystemTarget.GetClusterManifest",
        "Orleans.Runtime.IClusterManifestSystemTarget.GetClusterManifestUpdate",
        "Orleans.Runtime.IGrainTimerInvoker.InvokeCallbackAsync");

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
        {
            LogRefused(logger, Describe(context.InterfaceMethod));
            metrics.Refused(context.InterfaceMethod, ErrorCode.Denied);
            throw SecureUserDataException.Denied("Clients may call the public contracts of SecureUserData only.");
        }
        return context.Grain switch
        {
            IEntityGrain grain => RunAsync(context, grain.EntityContext, isSilo),
            ISignInGrain => RunAsync(context, entity: null, isSilo),
            _ => context.Invoke(),
        };
    }

    /// <summary>One method for all of it, because every step that waits costs about as much as what it does.</summary>
    private async Task RunAsync(IIncomingGrainCallContext context, EntityContext? entity, bool isSilo)
    {
        var began = TimeProvider.System.GetTimestamp();
        CallersUnderWay? callers = null;
        var isInside = false;
        try
        {
            if (entity is not null)
            {
                if (context.InterfaceMethod.DeclaringType == typeof(IRemindable))
                    RequestContext.Set(CallHeaders.Caller, CallHeaders.System); // and what it calls, with this method
                var caller = CallerOf(isSilo);
                if (!isSilo) callers = domain.Callers.Enter(entity.Rank);
                isInside = await entity.TryBeginAsync(caller);
                if (!isInside) throw ClusterErrors.CallAgain();
            }
            else
            {
                RequestContext.Remove(CallHeaders.Caller); // nobody has looked at it
            }
            await context.Invoke();
        }
        catch (Exception exception)
        {
            if (!isInside && ClusterErrors.IsCallAgain(exception)) throw;
            var refusal = Translate(exception, context.InterfaceMethod);
            metrics.Refused(context.InterfaceMethod, refusal.Code);
            if (refusal == exception) throw;
            throw refusal;
        }
        finally
        {
            if (isInside) entity!.Leave();
            callers?.Leave();
            metrics.Ended(context.InterfaceMethod, began);
            AnswerWithoutHeaders();
        }
    }

    /// <summary>The runtime sends what came with a call back with the answer, where nobody looks at it; the token alone
    /// made a reading a fifteenth dearer. The entries are the very dictionary that would be sent. Should they not be
    /// one day, answers are only longer.</summary>
    private static void AnswerWithoutHeaders()
    {
        if (RequestContext.Entries is Dictionary<string, object> headers) headers.Clear();
    }

    /// <summary>What is not ours reaches nobody with its text, which can hold data.</summary>
    private SecureUserDataException Translate(Exception exception, MethodInfo method)
    {
        if (exception is SecureUserDataException { InnerException: null } ours) return ours;
        LogFailure(logger, Describe(method), Kinds(exception), (exception.InnerException ?? exception).StackTrace);
        return ClusterErrors.WithoutCause(ClusterErrors.Outward(exception)); // the runtime logs what is thrown
    }

    /// <summary>A token's time is looked at where the call comes in; what has begun goes on. Silos may call on nobody's
    /// behalf.</summary>
    private Caller CallerOf(bool isSilo) => RequestContext.Get(CallHeaders.Caller) switch
    {
        CallHeaders.System when isSilo => Caller.System,
        string token => tokens.Read(token, mayBeOver: isSilo) ?? throw ClusterErrors.SignInAgain(),
        _ when isSilo => Caller.Anonymous,
        _ => throw SecureUserDataException.Denied("Sign in first."),
    };

    /// <summary>Goes by what will run, and not by what the message says that it is.</summary>
    private bool IsPublic(IIncomingGrainCallContext context) =>
        _public.GetOrAdd(context.Request.GetType(), static (_, method) =>
            Contracts.Contains(method.DeclaringType!)
            || RuntimeMethods.Contains(Describe(method)),
            context.InterfaceMethod);

    private static string Describe(MethodInfo method) => $"{method.DeclaringType}.{method.Name}";
}
