using System.Net;
using System.Net.Sockets;

namespace PromptDesigner.Designer.Shell;

/// <summary>Judges <c>Urls</c> before anything else is touched: a port that is taken is found before the database is opened.</summary>
public static class Addresses
{
    /// <summary>Throws what is wrong with the addresses, if anything is.</summary>
    public static void Check(string urls)
    {
        var all = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (all.Length == 0) throw new ConfigurationException("Urls", "it is empty", "write an address such as http://127.0.0.1:5080");
        foreach (var url in all)
        {
            var everywhere = url.Replace("*", "0.0.0.0", StringComparison.Ordinal).Replace("+", "0.0.0.0", StringComparison.Ordinal);
            if (!Uri.TryCreate(everywhere, UriKind.Absolute, out var address) || address.Scheme != "http" || address.PathAndQuery != "/")
                throw new ConfigurationException("Urls", $"'{url}' is no address", "write one such as http://127.0.0.1:5080, without a path; TLS is a reverse proxy's work");
            Try(address);
        }
    }

    private static void Try(Uri address)
    {
        var host = address.Host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(address.Host.Trim('[', ']'), out var given) ? given : IPAddress.Any;
        try
        {
            using var socket = new Socket(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(host, address.Port));
            socket.Listen();
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new ConfigurationException("Urls", $"{address.Host}:{address.Port} is in use already", "stop the other program, or set Urls to another port");
        }
        catch (SocketException error)
        {
            throw new ConfigurationException("Urls", $"this machine cannot listen at {address.Host}:{address.Port} ({error.Message})", "write an address of this machine and a port above 1023");
        }
    }
}
