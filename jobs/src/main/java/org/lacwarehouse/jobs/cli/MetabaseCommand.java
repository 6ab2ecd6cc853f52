package org.lacwarehouse.jobs.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.lacwarehouse.jobs.Main;
import org.lacwarehouse.marts.metabase.Representation;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes what Metabase shows of the marts as files. */
@Command(
        name = "metabase",
        mixinStandardHelpOptions = true,
        description = "Writes collections, models, metrics, cards and dashboards over the published marts in Metabase's"
                + " representation format, which its commercial editions import. For the open-source edition, which does"
                + " not, there is `provision metabase`.")
public final class MetabaseCommand implements Callable<Integer> {
    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The folder to write to.")
    private Path out;

    @Mixin
    private MetabaseOptions options;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        int files = new Representation(options.content(), options.database()).write(out);
        spec.commandLine().getOut().println(files + " files written to " + out + ".");
        return Main.OK;
    }
}
