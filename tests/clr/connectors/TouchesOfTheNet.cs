using System;
using System.IO;
using System.Net;

/// <summary>Touches of servers and of what is written for the web.</summary>
public partial class Touches
{
    private static string WcfClient()
    {
        System.ServiceModel.BasicHttpBinding binding = new System.ServiceModel.BasicHttpBinding();
        System.ServiceModel.EndpointAddress address =
            new System.ServiceModel.EndpointAddress("http://127.0.0.1:9/");
        System.ServiceModel.ChannelFactory<IService> factory =
            new System.ServiceModel.ChannelFactory<IService>(binding, address);
        try
        {
            return factory.CreateChannel().Ask("a");
        }
        catch (System.ServiceModel.EndpointNotFoundException)
        {
            return "asked";
        }
    }

    private static string WebServices()
    {
        return new Soap().Url;
    }

    private static string OldTls()
    {
        SecurityProtocolType before = ServicePointManager.SecurityProtocol;
        ServicePointManager.SecurityProtocol = SecurityProtocolType.Ssl3 | SecurityProtocolType.Tls12;
        ServicePointManager.SecurityProtocol = before;
        return "set";
    }

    private static string WebRequests()
    {
        return Asked(address =>
        {
            ServicePointManager.ServerCertificateValidationCallback = delegate { return true; };
            HttpWebRequest request = (HttpWebRequest)WebRequest.Create(address);
            request.Credentials = new NetworkCredential("u", "p");
            using (StreamReader reader = new StreamReader(request.GetResponse().GetResponseStream()))
            {
                return reader.ReadToEnd();
            }
        });
    }

    private static string WebClients()
    {
        return Asked(address =>
        {
            ServicePointManager.ServerCertificateValidationCallback = delegate { return true; };
            return new WebClient().DownloadString(address);
        });
    }

    private static string HttpClients()
    {
        return Asked(address =>
        {
            ServicePointManager.ServerCertificateValidationCallback = delegate { return true; };
            using (System.Net.Http.HttpClient client = new System.Net.Http.HttpClient())
            {
                return client.GetStringAsync(address).Result;
            }
        });
    }

    private static string HttpHandlers()
    {
        return Asked(address =>
        {
            System.Net.Http.HttpClientHandler handler = new System.Net.Http.HttpClientHandler();
            handler.ServerCertificateCustomValidationCallback = delegate { return true; };
            using (System.Net.Http.HttpClient client = new System.Net.Http.HttpClient(handler))
            {
                return client.GetStringAsync(address).Result;
            }
        });
    }

    private static string WebUtility()
    {
        return System.Web.HttpUtility.UrlEncode("a b");
    }

    private static string WebContext()
    {
        return (System.Web.HttpContext.Current == null).ToString();
    }

    private static string Remoting()
    {
        System.Runtime.Remoting.Channels.ChannelServices.RegisterChannel(
            new System.Runtime.Remoting.Channels.Tcp.TcpClientChannel(), false);
        return "registered";
    }

    private static string Asked(Func<string, string> ask)
    {
        return ask(server);
    }

    [System.ServiceModel.ServiceContract]
    public interface IService
    {
        [System.ServiceModel.OperationContract]
        string Ask(string text);
    }

    [System.Web.Services.WebServiceBinding(Name = "Ask", Namespace = "urn:ask")]
    private class Soap : System.Web.Services.Protocols.SoapHttpClientProtocol
    {
        public Soap()
        {
            Url = "http://127.0.0.1:9/";
        }
    }
}
