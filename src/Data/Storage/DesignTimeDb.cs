using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace PromptDesigner.Data.Storage;

/// <summary>Lets <c>dotnet ef</c> make migrations without starting the application.</summary>
public sealed class DesignTimeDb : IDesignTimeDbContextFactory<DesignerDb>
{
    /// <inheritdoc />
    public DesignerDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<DesignerDb>().UseSqlite("Data Source=design-time.db").Options);
}
