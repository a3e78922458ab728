package io.hotpool.server.cli;

import io.hotpool.server.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;

@Command(name = "version", description = "Which hotpool, Java and system this is.", mixinStandardHelpOptions = true)
final class VersionCommand implements Runnable, IVersionProvider {
    @Mixin
    private Output output = new Output();

    @Override
    public void run() {
        output.show(Shown.of("version", Version.current())
                .and("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"))
                .and("system", System.getProperty("os.name") + " " + System.getProperty("os.arch")));
    }

    @Override
    public String[] getVersion() {
        return new String[] {"hotpool " + Version.current()};
    }
}
