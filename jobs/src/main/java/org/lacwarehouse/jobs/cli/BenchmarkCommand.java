package org.lacwarehouse.jobs.cli;

import java.util.concurrent.Callable;
import org.lacwarehouse.jobs.Main;
import picocli.CommandLine.Command;

/** Measures nights. */
@Command(name = "benchmark", mixinStandardHelpOptions = true, description = "Measures nights.")
public final class BenchmarkCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return Main.OK;
    }
}
