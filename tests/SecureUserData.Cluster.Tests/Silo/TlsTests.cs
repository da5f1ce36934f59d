using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using SecureUserData.Client;

namespace SecureUserData.Cluster.Tests.Silo;

public sealed class TlsTests(TlsSilo silo) : IClassFixture<TlsSilo>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_with_a_certificate_of_the_authority_signs_in()
    {
        await using var client = await silo.ConnectAsync(silo.Authority.ForClient());
        var session = await client.SignInAsync(silo.Operator);
        Assert.Equal(CallerKind.Operator, session.Identity.Kind);
    }

    [Fact]
    public Task A_client_with_no_good_certificate_is_refused()
    {
        (string Kind, X509Certificate2? Certificate)[] bad =
        [
            ("none", null),
            ("of another authority", new TestAuthority().ForClient()),
            ("expired", silo.Authority.Expired()),
            ("without a usage", silo.Authority.ForEverything()),
        ];
        return Task.WhenAll(bad.Select(async client => // each tries until its time is over
        {
            var refused = await Xunit.Record.ExceptionAsync(
                () => silo.ConnectAsync(client.Certificate, TimeSpan.FromSeconds(8)));
            Assert.True(
                refused is SecureUserDataException { Code: ErrorCode.Unavailable }, $"{client.Kind}: {refused}");
        }));
    }

    [Fact]
    public async Task A_client_s_certificate_opens_the_gateway_and_not_the_port_of_the_silos()
    {
        Assert.True(await IsKeptAsync(silo.Gateway, silo.Authority.ForClient()));
        Assert.True(await IsKeptAsync(silo.ForSilos, silo.Authority.ForSilo()));
        Assert.False(await IsKeptAsync(silo.ForSilos, silo.Authority.ForClient()));
    }

    [Fact]
    public async Task A_client_does_not_talk_to_who_poses_as_a_silo_with_a_client_s_certificate()
    {
        Assert.True(await IsTalkedToAsync(silo.Authority.ForSilo()));
        Assert.False(await IsTalkedToAsync(silo.Authority.ForClient()));
        Assert.False(await IsTalkedToAsync(new TestAuthority().ForSilo()));
    }

    [Fact]
    public void A_silo_does_not_start_with_a_certificate_that_no_silo_would_accept()
    {
        X509Certificate2[] bad =
        [
            silo.Authority.ForClient(), silo.Authority.ForEverything(), silo.Authority.ExpiredSilo(),
            new TestAuthority().ForSilo(), X509CertificateLoader.LoadCertificate(silo.Authority.ForSilo().RawData),
        ];
        foreach (var certificate in bad)
            Assert.Equal(
                ErrorCode.Invalid,
                Assert.Throws<SecureUserDataException>(() => SiloTls.Demand(certificate, silo.Authority.Trusted)).Code);
        SiloTls.Demand(silo.Authority.ForSilo(), silo.Authority.Trusted);
    }

    [Fact]
    public async Task A_client_that_trusts_no_authority_is_told_to_name_one()
    {
        var refused = await Assert.ThrowsAsync<SecureUserDataException>(() => SecureUserDataClient.ConnectAsync(
            new() { Gateways = [silo.Gateway], Certificate = silo.Authority.ForClient() }, Cancellation));
        Assert.Equal(ErrorCode.Invalid, refused.Code);
    }

    /// <summary>Whether a silo keeps the connection once it has seen the certificate, and waits for what comes: with
    /// TLS 1.3 it refuses only after what the other side takes for the end of the handshake.</summary>
    private static async Task<bool> IsKeptAsync(IPEndPoint port, X509Certificate2 certificate)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(port, Cancellation);
        await using var tls = new SslStream(connection.GetStream());
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        waiting.CancelAfter(TimeSpan.FromSeconds(4));
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "silo",
                    ClientCertificates = [certificate],
                    RemoteCertificateValidationCallback = (_, _, _, _) => true,
                },
                Cancellation);
            return await tls.ReadAsync(new byte[1], waiting.Token) == 1;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return false;
        }
    }

    /// <summary>Whether a client says anything to a server with this certificate.</summary>
    private async Task<bool> IsTalkedToAsync(X509Certificate2 certificate)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var trying = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var client = SecureUserDataClient.ConnectAsync(
            new()
            {
                Gateways = [(IPEndPoint)listener.LocalEndpoint],
                Certificate = silo.Authority.ForClient(),
                Authorities = silo.Authority.Trusted,
            },
            trying.Token);
        try
        {
            using var connection = await listener.AcceptTcpClientAsync(Cancellation);
            await using var tls = new SslStream(connection.GetStream());
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificate = certificate,
                    ClientCertificateRequired = true,
                    RemoteCertificateValidationCallback = (_, _, _, _) => true,
                },
                Cancellation);
            return await tls.ReadAsync(new byte[1], Cancellation) == 1;
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return false;
        }
        finally
        {
            await trying.CancelAsync();
            await Assert.ThrowsAnyAsync<Exception>(() => client);
        }
    }
}
