package io.callgate.control.console;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;

/// The pages' templates (`src/main/jte`), which the build makes into classes of this package (decision 0165).
final class Templates {
    private static final TemplateEngine ENGINE = TemplateEngine.createPrecompiled(
            null, ContentType.Html, Templates.class.getClassLoader(), Templates.class.getPackageName());

    private Templates() {}

    /// @param name without its ending
    /// @param view what the template's one parameter is
    static String render(String name, Object view) {
        StringOutput out = new StringOutput();
        ENGINE.render(name + ".jte", view, out);
        return out.toString();
    }
}
