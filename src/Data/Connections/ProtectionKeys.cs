using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Data.Sqlite;
using PromptDesigner.Data.Storage;

namespace PromptDesigner.Data.Connections;

/// <summary>
/// Keeps Data Protection's keys in the database. Without EF: the ring is read at every start, and building EF's model would be the longest part of it.
/// A key that is made waits for the write gate, so nothing may be protected inside a unit of work.
/// </summary>
public sealed class ProtectionKeys(Database database) : IXmlRepository
{
    /// <inheritdoc />
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var connection = new SqliteConnection(database.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT Xml FROM DataProtectionKeys WHERE Xml IS NOT NULL ORDER BY Id";
        using var reader = command.ExecuteReader();
        var keys = new List<XElement>();
        while (reader.Read()) keys.Add(XElement.Parse(reader.GetString(0)));
        return keys;
    }

    /// <inheritdoc />
    public void StoreElement(XElement element, string friendlyName)
    {
        ArgumentNullException.ThrowIfNull(element);
        using var turn = database.EnterWrite();
        using var connection = new SqliteConnection(database.ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA synchronous=FULL; INSERT INTO DataProtectionKeys (FriendlyName, Xml) VALUES ($name, $xml)";
        command.Parameters.Add(new SqliteParameter("$name", friendlyName));
        command.Parameters.Add(new SqliteParameter("$xml", element.ToString(SaveOptions.DisableFormatting)));
        command.ExecuteNonQuery();
    }
}
