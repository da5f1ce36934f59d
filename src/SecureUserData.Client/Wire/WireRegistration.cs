using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Serializers;
using SecureUserData.Client.Grains;

namespace SecureUserData.Client.Wire;

/// <summary>Registers what a client and a silo need to understand each other.</summary>
internal static class WireRegistration
{
    /// <summary>The interfaces that clients may call.</summary>
    internal static IEnumerable<Type> PublicInterfaces =>
        GrainNames.Public.Values.Select(grain => grain.Interface).Append(typeof(ISignInGrain));

    /// <summary>Adds the codecs for what the methods of these interfaces take and return.</summary>
    internal static IServiceCollection AddWire(this IServiceCollection services, IEnumerable<Type> interfaces)
    {
        var codecs = new WireCodecs(new WireTypes(interfaces));
        return services
            .AddSingleton<ISpecializableCodec>(codecs)
            .AddSingleton<ISpecializableCopier>(codecs)
            .AddSingleton<ITypeFilter>(codecs);
    }

    /// <summary>Limits the messages. As JSON the largest page or batch is up to six times as long as what is in it,
    /// because a character can need an escape sequence; in the head there are ids and tokens.</summary>
    internal static void Limit(MessagingOptions messaging)
    {
        messaging.MaxMessageBodySize = 7 * Limits.PageBytes;
        messaging.MaxMessageHeaderSize = 64 * 1024;
    }
}
