using System.Text;
using Microsoft.AspNetCore.Http;
using P2PNode.Api;
using P2PNode.Node;
using Serilog.Core;

namespace P2PNode.Tests.Api;

/// <summary>What programs other than ours may ask of the local endpoint.</summary>
public sealed class LocalRequestsTests
{
    public static TheoryData<string> WhatMakesNoSense =>
    [
        "", "null", "[]", "{",
        """{"what":[null]}""",
        """{"what":[1]}""",
        """{"what":["a"],"output":"relative"}""",
        """{"what":["a"],"output":"/\u0000"}""",
        $$"""{"what":["a"],"output":"{{string.Concat(Enumerable.Repeat("/a", 30_000))}}"}""",
    ];

    [Theory]
    [MemberData(nameof(WhatMakesNoSense))]
    public async Task A_fetch_that_makes_no_sense_is_refused_before_the_node_hears_of_it(string body)
    {
        var node = new StubNode { OnGet = (_, _) => throw new InvalidOperationException("The node was asked.") };

        Assert.Equal(StatusCodes.Status400BadRequest, await PostAsync(node, body));
    }

    [Theory]
    [InlineData("""{"all":true}""")]
    [InlineData("""{"all":true,"what":null}""")]
    public async Task A_fetch_of_everything_need_not_name_anything(string body)
    {
        GetRequest? asked = null;
        var node = new StubNode
        {
            OnGet = (request, _) =>
            {
                asked = request;
                throw new NoLeaderException();
            },
        };

        Assert.Equal(StatusCodes.Status503ServiceUnavailable, await PostAsync(node, body));

        Assert.True(asked!.All);
        Assert.Empty(asked.What);
    }

    private static async Task<int> PostAsync(StubNode node, string body)
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path) = ("POST", "/v1/get");
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        await new LocalRequests(node, TimeProvider.System, Logger.None).ProcessRequestAsync(context);
        return context.Response.StatusCode;
    }
}
