package io.hotpool.server;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.hotpool.server.config.HotpoolConfig.Log;
import org.slf4j.LoggerFactory;

/**
 * Log lines go to the standard error, as text or JSON. Those of the daemon go there on a thread of their own: whoever logs never
 * waits for a pipe that nobody reads, or for a disk; what does not fit into the queue meanwhile is left out. As logback's
 * configurator it keeps commands quiet until told otherwise.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    private static final int QUEUE = 8192;
    private static final int FLUSH_MILLIS = 2000;
    private static final String TEXT = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %msg%n";
    private static final String TEXT_WITH_SOURCE =
            "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{20}: %msg%n";

    /** Called by logback through its service loader. A file named for logback, as tests have one, goes first. */
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty("logback.configurationFile") != null
                || Logging.class.getResource("/logback-test.xml") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        Log quiet = new Log(Log.Level.WARN, Log.Format.TEXT, null);
        use(context, quiet, console(context, quiet));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Takes effect at once, for every logger. */
    public static void apply(Log config) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            install(context, config);
        }
    }

    /** Writes what is left, for as long as that takes a moment. Nothing is logged afterwards. */
    public static void end() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).detachAndStopAllAppenders();
        }
    }

    static void install(LoggerContext context, Log config) {
        AsyncAppender queue = new AsyncAppender();
        queue.setContext(context);
        queue.setName("queue");
        queue.setQueueSize(QUEUE);
        queue.setNeverBlock(true);
        queue.setDiscardingThreshold(0);
        queue.setMaxFlushTime(FLUSH_MILLIS);
        queue.addFilter(new RepeatedWarnings(context));
        queue.addAppender(console(context, config));
        queue.start();
        use(context, config, queue);
    }

    private static ConsoleAppender<ILoggingEvent> console(LoggerContext context, Log config) {
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder(context, config));
        console.start();
        return console;
    }

    private static void use(LoggerContext context, Log config, Appender<ILoggingEvent> appender) {
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.addAppender(appender);
        root.setLevel(Level.toLevel(config.level().name()));
        quietNetty(context, config.level());
    }

    /** Netty tells of its start-up probes at debug: interesting to those who ask for trace only. */
    private static void quietNetty(LoggerContext context, Log.Level level) {
        context.getLogger("io.netty").setLevel(level == Log.Level.TRACE ? Level.DEBUG : Level.WARN);
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, Log config) {
        if (config.format() == Log.Format.JSON) {
            JsonLines json = new JsonLines();
            json.setContext(context);
            json.start();
            return json;
        }
        PatternLayoutEncoder text = new PatternLayoutEncoder();
        text.setContext(context);
        text.setPattern(config.level().compareTo(Log.Level.INFO) > 0 ? TEXT_WITH_SOURCE : TEXT);
        text.start();
        return text;
    }
}
