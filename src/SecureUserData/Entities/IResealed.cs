namespace SecureUserData.Entities;

/// <summary>An entity whose stored state is sealed under a key that is rotated.</summary>
public interface IResealed : IEntityInternals
{
    /// <summary>Stores the state under the newest version of its key, unless it is under that already.</summary>
    Task ResealAsync();
}
