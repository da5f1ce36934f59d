namespace SecureUserData.Client.Grains;

/// <summary>Makes references of one interface. The runtime works out an interface's name anew for each, which takes
/// longer than all else about it.</summary>
/// <typeparam name="TGrain">The interface.</typeparam>
internal static class TypedGrain<TGrain> where TGrain : IAddressable
{
    private static GrainReference? _first;

    internal static object Get(IGrainFactory grains, GrainId id)
    {
        if (_first is { } first) return grains.GetGrain(id, first.InterfaceType);
        var made = grains.GetGrain<TGrain>(id);
        _first = (GrainReference)(object)made;
        return made;
    }
}
