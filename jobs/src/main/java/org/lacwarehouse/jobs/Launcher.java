package org.lacwarehouse.jobs;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The entry point of {@code java -jar lac-warehouse.jar}: starts the program in a Java virtual machine with the settings
 * that it needs, so that nobody has to type them, and hands on its exit code. The program's machine ends when this one
 * does, however that happens.
 */
public final class Launcher {
    /** System property by which the program knows that it was started by this class: the process id. */
    static final String PARENT = "lac.launcher.pid";
    /** Options of the Java virtual machine that an operator adds, such as {@code -Xmx8g}. */
    static final String OPTIONS_VARIABLE = "LAC_JAVA_OPTS";
    /** Where a class archive is to be written when the program ends; used by the build. */
    static final String ARCHIVE_VARIABLE = "LAC_WRITE_CLASS_ARCHIVE";

    private Launcher() {}

    /** Starts the program. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Process program = new ProcessBuilder(command(arguments)).inheritIO().start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            program.destroy();
            try {
                program.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        int code = program.waitFor();
        Runtime.getRuntime().halt(code);
    }

    /** The command line that runs the program with some arguments in a machine of its own. */
    public static List<String> command(String... arguments) {
        Path jar;
        try {
            jar = Path.of(Launcher.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toAbsolutePath();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-D" + PARENT + "=" + ProcessHandle.current().pid(),
                "-Duser.timezone=UTC",
                "-Dfile.encoding=UTF-8",
                "-Djava.awt.headless=true",
                // Nearly all the time of a night is the first use of everything: the quick compiler is enough.
                "-XX:TieredStopAtLevel=1",
                "-XX:ReservedCodeCacheSize=240m",
                "-XX:+UseParallelGC",
                "-XX:MaxRAMPercentage=50",
                // An archive made by another Java or for another folder is left unused without a word.
                "-Xshare:auto",
                "-Xlog:cds=off",
                "-Xlog:cds+dynamic=off"));
        String writeArchive = System.getenv(ARCHIVE_VARIABLE);
        Path archive = jar.resolveSibling("lac-warehouse.jsa");
        if (writeArchive != null) {
            command.add("-XX:ArchiveClassesAtExit=" + writeArchive);
        } else if (Files.isReadable(archive)) {
            command.add("-XX:SharedArchiveFile=" + archive);
        }
        for (String opened : List.of(
                "java.lang",
                "java.lang.invoke",
                "java.lang.reflect",
                "java.io",
                "java.net",
                "java.nio",
                "java.util",
                "java.util.concurrent",
                "java.util.concurrent.atomic",
                "sun.nio.ch",
                "sun.nio.cs",
                "sun.security.action",
                "sun.util.calendar")) {
            command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED");
        }
        String options = System.getenv(OPTIONS_VARIABLE);
        if (options != null && !options.isBlank()) {
            command.addAll(List.of(options.strip().split("\\s+")));
        }
        command.add("-cp");
        command.add(classPath(jar));
        command.add(Main.class.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    /** From the jar, the jar alone, whose manifest names the libraries; from an IDE, whatever it runs with. */
    private static String classPath(Path jar) {
        return Files.isRegularFile(jar) ? jar.toString() : System.getProperty("java.class.path");
    }
}
