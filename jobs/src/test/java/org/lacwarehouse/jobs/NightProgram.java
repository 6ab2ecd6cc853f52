package org.lacwarehouse.jobs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lacwarehouse.marts.publish.Database;

/** The nightly command in a Java virtual machine of its own. */
final class NightProgram {
    /** The key of all warehouses, so that their marts can be compared. */
    static final String PSEUDONYM_KEY = "the same key for all warehouses";

    private NightProgram() {}

    /**
     * A night that is ready to start; what it says and what goes wrong come as one stream.
     *
     * @param javaOptions for the virtual machine, such as its memory, which it has beside the tests themselves
     * @param more options of the command
     */
    static ProcessBuilder of(Path landing, Path warehouse, Database database, String javaOptions, String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Launcher.class.getName(),
                "nightly",
                "--landing",
                landing.toString(),
                "--warehouse",
                warehouse.toString()));
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LAC_JDBC_URL", database.url());
        builder.environment().put("LAC_JDBC_USER", database.user());
        builder.environment().put("LAC_PSEUDONYM_KEY", PSEUDONYM_KEY);
        builder.environment().put("LAC_JAVA_OPTS", javaOptions);
        if (database.password() != null) {
            builder.environment().put("LAC_JDBC_PASSWORD", database.password());
        }
        return builder;
    }
}
