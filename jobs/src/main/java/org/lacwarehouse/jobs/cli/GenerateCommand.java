package org.lacwarehouse.jobs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.lacwarehouse.jobs.Main;
import org.lacwarehouse.jobs.generate.Generator;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a landing zone of made-up councils. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        description = "Writes a landing zone of made-up councils: nobody in it is real. The same options write the same"
                + " files.")
public final class GenerateCommand implements Callable<Integer> {
    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The landing zone to write.")
    private Path out;

    @Option(
            names = "--authorities",
            paramLabel = "CODES|NUMBER",
            defaultValue = "826",
            description =
                    "Three-digit codes separated by commas, such as 826,887; or how many authorities, the first of"
                            + " England by code. Default: ${DEFAULT-VALUE}.")
    private String authorities;

    @Option(
            names = "--children",
            paramLabel = "N",
            defaultValue = "400",
            description = "Children looked after in each on the as-at date. Default: ${DEFAULT-VALUE}.")
    private int children;

    @Option(
            names = "--years",
            paramLabel = "N",
            defaultValue = "6",
            description = "Years of history. Default: ${DEFAULT-VALUE}.")
    private int years;

    @Option(
            names = "--as-at",
            paramLabel = "DATE",
            defaultValue = "2026-03-31",
            description = "The extract date. Default: ${DEFAULT-VALUE}.")
    private LocalDate asAt;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Another seed makes other councils. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (children < 1 || years < 1) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--children and --years must be at least 1.");
        }
        List<String> codes = codes();
        new Generator(out, children, years, asAt, seed).write(codes);
        spec.commandLine()
                .getOut()
                .println("Written to " + out + ": " + codes.size()
                        + (codes.size() == 1 ? " authority, " : " authorities, ") + children
                        + " children looked after in each on " + asAt + ".");
        return Main.OK;
    }

    private List<String> codes() throws IOException {
        List<String> all = Generator.authorities();
        if (authorities.matches("\\d{1,3}") && !all.contains(authorities)) {
            int number = Integer.parseInt(authorities);
            if (number < 1 || number > all.size()) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(),
                        "--authorities: " + authorities + " is neither the code of an authority nor a"
                                + " number from 1 to " + all.size() + ".");
            }
            return all.subList(0, number);
        }
        List<String> codes =
                Arrays.stream(authorities.split(",")).map(String::strip).toList();
        for (String code : codes) {
            if (!code.matches("\\d{3}")) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "--authorities: " + code + " is not a three-digit code.");
            }
        }
        return codes;
    }
}
