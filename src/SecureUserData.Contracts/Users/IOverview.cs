namespace SecureUserData;

/// <summary>What is gathered for one user over all scripts of the user's application; for the user.</summary>
public interface IOverview : IEntity
{
    /// <summary>Every script of the application with the user's decision on it, Requested where there is none
    /// yet.</summary>
    Task<Page<ConsentView>> ListConsentsAsync(string? cursor = null, int limit = 100);
}
