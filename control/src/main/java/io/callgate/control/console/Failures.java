package io.callgate.control.console;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a browser is shown in place of a page: why there is none.
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    static void addTo(RoutesConfig routes) {
        routes.exception(HttpResponseException.class, Failures::noSuchPage);
        routes.exception(JdbiException.class, Failures::noDatabase);
        routes.exception(CompletionException.class, (failure, context) -> noControl(context));
        routes.exception(Exception.class, Failures::fault);
    }

    private static void noSuchPage(HttpResponseException failure, Context context) {
        Language language = Door.language(context);
        show(
                context,
                failure.getStatus(),
                language,
                language.of("No such page", "没有此页面"),
                language.of("The console has nothing here; the API has another port.", "控制台没有此页面；API 使用另一个端口。"));
    }

    /// Closes the connection, because a part of the answer may be on its way: its end would make it look whole.
    static void breakOff(Context context, RuntimeException failure) {
        tell(context, failure, failure instanceof JdbiException ? "store.failed" : "request.failed");
        ServletContextRequest.getServletContextRequest(context.req())
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint()
                .close();
    }

    private static void tell(Context context, Exception failure, String event) {
        LOG.atError().addKeyValue("operation", context.path()).setCause(failure).log(event);
    }

    private static void noDatabase(JdbiException failure, Context context) {
        tell(context, failure, "store.failed");
        notNow(context, "The database does not answer; try again in some seconds.", "数据库没有响应，请稍后再试。");
    }

    private static void noControl(Context context) {
        notNow(context, "Control does not start; its log says why.", "控制服务未能启动，原因见其日志。");
    }

    private static void notNow(Context context, String english, String chinese) {
        Language language = Door.language(context);
        show(context, 503, language, language.of("Not at the moment", "暂时不可用"), language.of(english, chinese));
    }

    private static void fault(Exception failure, Context context) {
        tell(context, failure, "request.failed");
        Language language = Door.language(context);
        show(
                context,
                500,
                language,
                language.of("A fault of ours", "内部错误"),
                language.of("Please report it with its time.", "请附上时间报告此问题。"));
    }

    static void show(Context context, int status, Language language, String title, String text) {
        Door.protect(context);
        Door.answer(context, status, "failure", new View(language, title, text));
    }

    record View(Language language, String title, String text) {}
}
