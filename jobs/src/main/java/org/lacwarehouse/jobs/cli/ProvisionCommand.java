package org.lacwarehouse.jobs.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.lacwarehouse.jobs.Main;
import org.lacwarehouse.marts.metabase.MetabaseApi;
import org.lacwarehouse.marts.metabase.Provisioner;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes in another program what shows the marts. */
@Command(
        name = "provision",
        mixinStandardHelpOptions = true,
        description = "Makes what shows the marts in a running Metabase.",
        subcommands = ProvisionCommand.Metabase.class)
public final class ProvisionCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Name what to provision: metabase.");
    }

    /** Makes collections, models, metrics, cards and dashboards in a running Metabase. */
    @Command(
            name = "metabase",
            mixinStandardHelpOptions = true,
            description =
                    "Makes collections, models, metrics, cards and dashboards over the published marts in a running"
                            + " Metabase. Run again, it changes what has changed only. Content of people's own is never touched.")
    static final class Metabase implements Callable<Integer> {
        private static final String KEY = "LAC_METABASE_KEY";

        @Option(
                names = "--url",
                required = true,
                paramLabel = "URL",
                description = "Where Metabase is, such as https://metabase.example.org.")
        private URI url;

        @Option(
                names = "--key-file",
                paramLabel = "FILE",
                description = "File whose first line is an API key of Metabase; or " + KEY
                        + "_FILE. The key itself can be" + " given in " + KEY
                        + "; it is never taken from the command line, where others could read it.")
        private Path keyFile;

        @Mixin
        private MetabaseOptions options;

        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            if (url.getHost() == null || !String.valueOf(url.getScheme()).matches("https?")) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "--url must be an address like https://metabase.example.org");
            }
            String key = DatabaseOptions.secret(spec, keyFile, KEY, "key");
            if (key == null || key.isBlank()) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(),
                        "Give an API key of Metabase in " + KEY + " or with --key-file; one is made there under Admin"
                                + " settings, Authentication, API keys.");
            }
            Provisioner.Outcome outcome = new Provisioner(
                            new MetabaseApi(url, key.strip()), options.content(), options.database())
                    .provision();
            spec.commandLine()
                    .getOut()
                    .println(outcome.made() + " made, " + outcome.changed() + " changed, " + outcome.archived()
                            + " archived, " + outcome.same() + " as they were. Open " + outcome.page());
            return Main.OK;
        }
    }
}
