using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace PromptDesigner.Data.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class PipelineShelf : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "ArchivedAt",
                table: "Pipelines",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "OwnerId",
                table: "Pipelines",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Tags",
                table: "Pipelines",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.CreateIndex(
                name: "IX_Pipelines_WorkspaceId_ArchivedAt_Name",
                table: "Pipelines",
                columns: new[] { "WorkspaceId", "ArchivedAt", "Name" });

            migrationBuilder.CreateIndex(
                name: "IX_Pipelines_WorkspaceId_Tags",
                table: "Pipelines",
                columns: new[] { "WorkspaceId", "Tags" });

            // who made a pipeline before it could have an owner is its owner, if still a member
            migrationBuilder.Sql("""
                UPDATE "Pipelines" SET "OwnerId" = (
                    SELECT m."UserId" FROM "Members" m JOIN "AspNetUsers" u ON u."Id" = m."UserId"
                    WHERE m."WorkspaceId" = "Pipelines"."WorkspaceId" AND u."Email" = "Pipelines"."CreatedBy")
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Pipelines_WorkspaceId_ArchivedAt_Name",
                table: "Pipelines");

            migrationBuilder.DropIndex(
                name: "IX_Pipelines_WorkspaceId_Tags",
                table: "Pipelines");

            migrationBuilder.DropColumn(
                name: "ArchivedAt",
                table: "Pipelines");

            migrationBuilder.DropColumn(
                name: "OwnerId",
                table: "Pipelines");

            migrationBuilder.DropColumn(
                name: "Tags",
                table: "Pipelines");
        }
    }
}
