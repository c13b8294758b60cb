using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PromptDesigner.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Trials : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "PinnedOutputs",
                columns: table => new
                {
                    PipelineKey = table.Column<int>(type: "INTEGER", nullable: false),
                    UserId = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Node = table.Column<string>(type: "TEXT", nullable: false),
                    WorkspaceId = table.Column<int>(type: "INTEGER", nullable: false),
                    Port = table.Column<string>(type: "TEXT", nullable: true),
                    Output = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PinnedOutputs", x => new { x.PipelineKey, x.UserId, x.Node });
                });

            migrationBuilder.CreateTable(
                name: "TestInputs",
                columns: table => new
                {
                    PipelineKey = table.Column<int>(type: "INTEGER", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    WorkspaceId = table.Column<int>(type: "INTEGER", nullable: false),
                    Inputs = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedBy = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_TestInputs", x => new { x.PipelineKey, x.Name });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "PinnedOutputs");

            migrationBuilder.DropTable(
                name: "TestInputs");
        }
    }
}
