namespace SecureUserData.Silo;

/// <summary>The command line is wrong: exit code 2.</summary>
/// <param name="message">One line that says what to do.</param>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The command cannot be carried out: exit code 1.</summary>
/// <param name="message">One line that says what to do.</param>
internal sealed class CommandException(string message) : Exception(message);
