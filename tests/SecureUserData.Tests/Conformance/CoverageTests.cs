using SecureUserData.Conformance;

namespace SecureUserData.Tests.Conformance;

public sealed class CoverageTests
{
    [Fact]
    public void The_embedded_engine_runs_every_class_of_the_suite()
    {
        var suite = typeof(EngineConformance).Assembly.GetTypes()
            .Where(type => type.IsAbstract && type.Name.EndsWith("Conformance", StringComparison.Ordinal))
            .Where(type => type.GetMethods().Any(method => method.IsDefined(typeof(FactAttribute), inherit: true)));
        var run = typeof(CoverageTests).Assembly.GetTypes().Select(type => type.BaseType).ToHashSet();

        Assert.All(suite, type => Assert.Contains(type, run));
    }

    [Fact]
    public void The_suite_names_no_engine()
    {
        var references = typeof(EngineConformance).Assembly.GetReferencedAssemblies().Select(name => name.Name);

        Assert.DoesNotContain(references, name => name!.Contains("Embedded") || name.Contains("Sqlite"));
    }
}
