package org.lacwarehouse.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

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

    /** A landing zone of some five councils and ten years: of more, well compiled code gives more than it costs. */
    static final long MANY_BYTES = 50_000_000;

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
                "-XX:ReservedCodeCacheSize=240m",
                "-XX:+UseParallelGC",
                "-XX:MaxRAMPercentage=50",
                // An archive made by another Java or for another folder is left unused without a word.
                "-Xshare:auto",
                "-Xlog:cds=off",
                "-Xlog:cds+dynamic=off"));
        if (bytesToRead(List.of(arguments)) < MANY_BYTES) {
            // Nearly all the time of such a night is the first use of everything: the quick compiler is enough.
            command.add("-XX:TieredStopAtLevel=1");
            // Left to itself it takes 5 GB of a large machine, most of it never looked at again, and is no quicker.
            command.addAll(List.of("-Xmn1200m", "-Xlog:gc+ergo=off"));
        }
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

    /** The size of the landing zone that a command is given; 0 without one that can be read, of which the program will tell. */
    private static long bytesToRead(List<String> arguments) {
        String option = "--landing";
        String landing = null;
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).startsWith(option + "=")) {
                landing = arguments.get(i).substring(option.length() + 1);
            } else if (i > 0 && arguments.get(i - 1).equals(option)) {
                landing = arguments.get(i);
            }
        }
        if (landing == null) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(Path.of(landing))) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException | UncheckedIOException | InvalidPathException e) {
            return 0;
        }
    }

    /** From the jar, the jar alone, whose manifest names the libraries; from an IDE, whatever it runs with. */
    private static String classPath(Path jar) {
        return Files.isRegularFile(jar) ? jar.toString() : System.getProperty("java.class.path");
    }
}
