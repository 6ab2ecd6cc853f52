package org.lacwarehouse.jobs.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lacwarehouse.jobs.database.EmbeddedDatabase;
import org.lacwarehouse.jobs.database.OpenDatabase;
import org.lacwarehouse.marts.publish.Database;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Where PostgreSQL is: options first, then the environment, else an embedded server in the warehouse folder. */
public final class DatabaseOptions {
    @Option(
            names = "--jdbc-url",
            paramLabel = "URL",
            description =
                    "PostgreSQL to publish to, such as jdbc:postgresql://host/lac; or LAC_JDBC_URL in the environment."
                            + " Without either, an embedded server keeps its data in the warehouse folder.")
    private String url;

    @Option(names = "--jdbc-user", paramLabel = "USER", description = "Account that loads the marts; or LAC_JDBC_USER.")
    private String user;

    @Option(
            names = "--jdbc-password-file",
            paramLabel = "FILE",
            description =
                    "File whose first line is the password; or LAC_JDBC_PASSWORD_FILE. The password itself can be"
                            + " given in LAC_JDBC_PASSWORD; it is never taken from the command line, where others could read it.")
    private Path passwordFile;

    @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
    private CommandLine.Model.CommandSpec spec;

    /** Opens the database that the options and the environment name, or the embedded one of a warehouse. */
    public OpenDatabase open(Path warehouse) {
        String chosen = chosenUrl();
        if (chosen == null) {
            return EmbeddedDatabase.open(warehouse);
        }
        if (!chosen.startsWith("jdbc:postgresql:")) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "The JDBC URL must begin with jdbc:postgresql: ; only PostgreSQL is published to.");
        }
        return OpenDatabase.of(new Database(
                chosen,
                user != null ? user : System.getenv("LAC_JDBC_USER"),
                secret(spec, passwordFile, "LAC_JDBC_PASSWORD", "password")));
    }

    /**
     * Opens the database of a warehouse that has had a night.
     *
     * @throws CommandLine.ParameterException when the embedded one is meant and the folder has none
     */
    public OpenDatabase openExisting(Path warehouse) {
        if (chosenUrl() == null && !Files.isDirectory(warehouse.resolve("postgres"))) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "The warehouse " + warehouse + " has no embedded database; name another with --warehouse, or a"
                            + " PostgreSQL with --jdbc-url.");
        }
        return open(warehouse);
    }

    /** The URL asked for; null, or blank in the environment, means the embedded server. */
    private String chosenUrl() {
        String chosen = url != null ? url : System.getenv("LAC_JDBC_URL");
        return chosen == null || chosen.isBlank() ? null : chosen;
    }

    /**
     * What must not stand on the command line: in the file that an option or {@code <name>_FILE} names, else in {@code <name>}.
     *
     * @param option the file that the option names; null for none
     * @param name the variable of the environment
     * @param what what it is, for the message when the file cannot be read
     */
    static String secret(CommandLine.Model.CommandSpec spec, Path option, String name, String what) {
        Path file = option;
        if (file == null && System.getenv(name + "_FILE") != null) {
            file = Path.of(System.getenv(name + "_FILE"));
        }
        if (file == null) {
            return System.getenv(name);
        }
        try {
            return Files.readAllLines(file).stream().findFirst().orElse("");
        } catch (IOException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "The " + what + " file " + file + " cannot be read.", e);
        }
    }
}
