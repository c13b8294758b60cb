using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PromptDesigner.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class RunIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Runs_PipelineKey_CreatedAt",
                table: "Runs");

            migrationBuilder.DropIndex(
                name: "IX_Runs_Status",
                table: "Runs");

            migrationBuilder.DropIndex(
                name: "IX_Runs_WorkspaceId_Status_Key",
                table: "Runs");

            migrationBuilder.CreateIndex(
                name: "IX_Runs_Status_WorkspaceId_CreatedAt",
                table: "Runs",
                columns: new[] { "Status", "WorkspaceId", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Runs_WorkspaceId_PipelineKey_CreatedAt",
                table: "Runs",
                columns: new[] { "WorkspaceId", "PipelineKey", "CreatedAt" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Runs_Status_WorkspaceId_CreatedAt",
                table: "Runs");

            migrationBuilder.DropIndex(
                name: "IX_Runs_WorkspaceId_PipelineKey_CreatedAt",
                table: "Runs");

            migrationBuilder.CreateIndex(
                name: "IX_Runs_PipelineKey_CreatedAt",
                table: "Runs",
                columns: new[] { "PipelineKey", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Runs_Status",
                table: "Runs",
                column: "Status",
                filter: "\"Status\" < 3");

            migrationBuilder.CreateIndex(
                name: "IX_Runs_WorkspaceId_Status_Key",
                table: "Runs",
                columns: new[] { "WorkspaceId", "Status", "Key" },
                filter: "\"Status\" > 3");
        }
    }
}
