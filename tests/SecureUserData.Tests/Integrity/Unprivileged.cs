using System.Runtime.InteropServices;

namespace SecureUserData.Tests.Integrity;

/// <summary>Runs something without the privileges that go past every permission of a file, also when the tests run as
/// root.</summary>
internal static class Unprivileged
{
    private const int Nobody = 65_534;

    /// <summary>Runs it to its end on a thread of its own, since Linux keeps this user id by thread.</summary>
    internal static void Run(Func<Task> act)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "permissions are taken away in Linux's way");
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            SetFileUser(Nobody); // does nothing unless the tests run as root
            try
            {
                act().GetAwaiter().GetResult();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null) throw new AggregateException(failure);
    }

    [DllImport("libc", EntryPoint = "setfsuid")]
    private static extern int SetFileUser(int user);
}
