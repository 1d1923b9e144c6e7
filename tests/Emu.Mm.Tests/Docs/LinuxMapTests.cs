namespace Emu.Mm.Tests;

/// <summary>docs/linux-mm.md names every public type of mm, each with the file that it stands in.</summary>
public class LinuxMapTests
{
    private static readonly string Root = FindRoot();

    [Fact]
    public void LinuxMap_NamesEveryPublicType()
    {
        string map = File.ReadAllText(Path.Combine(Root, "docs", "linux-mm.md"));
        IEnumerable<string> missing = typeof(MemoryManager).Assembly.GetExportedTypes()
            .Where(static type => !type.IsNested && !typeof(Delegate).IsAssignableFrom(type))
            .Select(static type => type.Name.Split('`')[0])
            .Where(name => !map.Contains($"| `{name}` |", StringComparison.Ordinal));
        Assert.Empty(missing);
    }

    [Fact]
    public void LinuxMap_NamesOnlyFilesThatExist()
    {
        string folder = "";
        List<string> wrong = [];
        foreach (string line in File.ReadLines(Path.Combine(Root, "docs", "linux-mm.md")))
        {
            if (line.StartsWith("### ", StringComparison.Ordinal))
                folder = line[4..].Trim();
            string[] cells = line.Split('|');
            if (folder.Length != 0 && cells.Length == 6 && cells[3].Trim().EndsWith(".cs", StringComparison.Ordinal) &&
                !File.Exists(Path.Combine(Root, folder, cells[3].Trim())))
            {
                wrong.Add(line);
            }
        }
        Assert.Empty(wrong);
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder != null && !File.Exists(Path.Combine(folder.FullName, "Emu.sln")))
            folder = folder.Parent;
        return folder!.FullName;
    }
}
