using Jint;
using Jint.Native;

namespace PromptDesigner.Runtime.Tests.Schemas;

/// <summary>@cfworker/json-schema inside Jint: somebody else's verdict on draft 2020-12.</summary>
public sealed class SchemaOracle
{
    // The oracle needs URL only to tell schemas with and without an address of their own apart.
    private const string UrlShim = """
        globalThis.URL = class {
            constructor(path, base) {
                const at = String(path).startsWith('#') && base ? String(base).split('#')[0] + path : String(path);
                this.href = at;
                this.hash = at.includes('#') ? at.slice(at.indexOf('#')) : '';
            }
            toString() { return this.href; }
        };
        """;

    private readonly Engine engine;
    private readonly JsValue judge;

    public SchemaOracle()
    {
        engine = new Engine(options => options.EnableModules(Path.Combine(AppContext.BaseDirectory, "Schemas", "Oracle")));
        engine.Execute(UrlShim);
        engine.Modules.Add("judge", "import { Validator } from './index.js'; export const judge = (schema, value) => new Validator(JSON.parse(schema), '2020-12', false).validate(JSON.parse(value)).valid;");
        judge = engine.Modules.Import("judge").Get("judge");
    }

    public bool Fits(string schema, string value) => engine.Invoke(judge, schema, value).AsBoolean();
}
