package io.callgate.control.console;

import static io.callgate.control.console.Html.at;
import static io.callgate.control.console.Html.el;
import static io.callgate.control.console.Html.flag;
import static io.callgate.control.console.Html.group;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HtmlTest {
    @Test
    void escapesTextAndAttributes() {
        String evil = "</p><script>alert('1')</script> & \"x\"";

        assertThat(el("p", at("title", evil), evil).write())
                .isEqualTo("<p title=\"&lt;/p&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot;\">"
                        + "&lt;/p&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot;</p>");
    }

    @Test
    void takesPartsInManyShapes() {
        Html page = el(
                "ul",
                List.of(el("li", 1), el("li", "two")),
                Optional.of(el("li", 3L)),
                Optional.empty(),
                group("four", el("br")),
                flag("hidden", true),
                flag("lost", false));

        assertThat(page.write()).isEqualTo("<ul hidden=\"\"><li>1</li><li>two</li><li>3</li>four<br></ul>");
    }

    @Test
    void hasNoWayToWriteAScriptIntoAPage() {
        assertThatThrownBy(() -> el("script", "alert(1)")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> el("p", new Object())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> group(at("class", "x"))).isInstanceOf(IllegalArgumentException.class);
    }
}
