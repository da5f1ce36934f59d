using System.Text;

namespace SecureUserData.Cli.Console;

/// <summary>A line that is typed and not shown.</summary>
internal static class HiddenLine
{
    /// <exception cref="CommandException">Ctrl-C was pressed.</exception>
    internal static string? Read()
    {
        var line = new StringBuilder();
        var before = System.Console.TreatControlCAsInput;
        System.Console.TreatControlCAsInput = true; // a signal would leave the terminal without its echo
        try
        {
            while (true)
            {
                var key = System.Console.ReadKey(intercept: true);
                var isControl = key.Modifiers.HasFlag(ConsoleModifiers.Control);
                if (isControl && key.Key == ConsoleKey.C) throw new CommandException("Stopped; nothing was done.");
                if (isControl && key.Key == ConsoleKey.D && line.Length == 0) return null;
                if (key.Key == ConsoleKey.Enter) return line.ToString();
                if (key.Key == ConsoleKey.Backspace) line.Length -= line.Length > 0 ? 1 : 0;
                else if (!char.IsControl(key.KeyChar)) line.Append(key.KeyChar);
            }
        }
        finally
        {
            System.Console.TreatControlCAsInput = before;
        }
    }
}
