package org.lacwarehouse.pipeline.landing;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipException;
import org.lacwarehouse.pipeline.contract.Column;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.contract.Contracts;

/**
 * Decides whether a file is accepted: it must be readable to its last byte, have a header with every column that its
 * contract requires, and hold a plausible number of rows. Every file is read once in full here, before anything of it is
 * stored.
 */
public final class FileCheck {
    private static final String UNRECOGNISED = "unrecognised";

    private final Contracts contracts;
    private final double smallestShare;
    /** Rows of each accepted snapshot by slice and extract date, those of this pass included. */
    private final Map<String, NavigableMap<LocalDate, Long>> snapshots = new HashMap<>();

    /** @param smallestShare the share of the rows of the snapshot in force below which a file is refused */
    public FileCheck(Contracts contracts, Register register, double smallestShare) {
        this.contracts = contracts;
        this.smallestShare = smallestShare;
        register.loaded().forEach(this::remember);
    }

    private void remember(Delivery accepted) {
        snapshots
                .computeIfAbsent(accepted.slice(), slice -> new TreeMap<>())
                .put(accepted.extractDate(), accepted.rowsIn());
    }

    /** Checks one file; never throws for anything that is wrong with the file itself. */
    public Delivery check(Arrival arrival) {
        String name = arrival.path().getFileName().toString();
        String stem = name.substring(0, name.indexOf('.') < 0 ? name.length() : name.indexOf('.'))
                .toLowerCase(Locale.ROOT);
        // What people call a file may hold anything; only a name that the contracts know is a dataset.
        String dataset =
                contracts.find(arrival.source(), stem).map(Contract::dataset).orElse(UNRECOGNISED);
        if (!contracts.knowsSource(arrival.source())) {
            return held(arrival, dataset, "no contract describes the source " + arrival.source());
        }
        if (!name.toLowerCase(Locale.ROOT).matches(".*\\.csv(\\.gz)?")) {
            return held(arrival, dataset, "only .csv and .csv.gz files are read");
        }
        try {
            return checkText(arrival, dataset);
        } catch (EOFException e) {
            return refused(arrival, dataset, "the file ends before its compressed data does; send it again");
        } catch (ZipException e) {
            return refused(arrival, dataset, "the file is not the gzip file that its name says; send it again");
        } catch (IOException e) {
            return refused(
                    arrival, dataset, "the file cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    private Delivery checkText(Arrival arrival, String dataset) throws IOException {
        Charset announced = DelimitedFile.announced(arrival.path());
        List<Charset> charsets = announced == null ? DelimitedFile.CHARSETS : List.of(announced);
        for (Charset charset : charsets) {
            try {
                return checkText(arrival, dataset, charset, true);
            } catch (UncheckedIOException | IOException e) {
                if (!DelimitedFile.isWrongCharset(e)) {
                    throw asIoException(e);
                }
            } catch (CsvParseException e) {
                return checkMisquoted(arrival, dataset, charset);
            }
        }
        return refused(arrival, dataset, "the text is in no character set that is read (UTF-8, UTF-16, Windows-1252)");
    }

    /** A file with quotation marks inside its fields is read, as long as none of them swallows the next lines. */
    private Delivery checkMisquoted(Arrival arrival, String dataset, Charset charset) throws IOException {
        try {
            return checkText(arrival, dataset, charset, false);
        } catch (UncheckedIOException e) {
            throw asIoException(e);
        } catch (CsvParseException e) {
            return refused(
                    arrival,
                    dataset,
                    "a quotation mark is opened and never closed, so that the rows after it"
                            + " cannot be told apart; correct the file");
        }
    }

    private static IOException asIoException(Exception error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException io && !(io.getCause() instanceof IOException)) {
                return io;
            }
        }
        return new IOException(error);
    }

    private Delivery checkText(Arrival arrival, String name, Charset charset, boolean strictQuotes) throws IOException {
        char delimiter = DelimitedFile.delimiter(arrival.path(), charset);
        try (DelimitedFile file = DelimitedFile.open(arrival.path(), charset, delimiter, strictQuotes)) {
            Iterator<CsvRecord> records = file.iterator();
            if (!records.hasNext()) {
                return refused(arrival, name, "the file is empty: it has no header line");
            }
            List<String> header = header(records.next());
            if (header.stream().anyMatch(cell -> cell.chars().anyMatch(c -> c < ' ' || c == 0xFFFD))) {
                return refused(arrival, name, "the file is not the delimited text that its name says");
            }
            Optional<Contract> found = contracts.find(arrival.source(), name);
            if (found.isEmpty()) {
                found = contracts.recognise(arrival.source(), header);
            }
            if (found.isEmpty()) {
                return held(
                        arrival,
                        name,
                        "neither its name nor its header is that of a dataset of " + arrival.source()
                                + " that has a contract");
            }
            if (found.get().isNational() != arrival.authority().equals("national")) {
                return refused(
                        arrival,
                        found.get().dataset(),
                        found.get().isNational()
                                ? "national data lies in the wrong place; it belongs under national/"
                                : "a council's data lies in the wrong place; it belongs under its three-digit code");
            }
            return check(arrival, found.get(), header, charset, delimiter, strictQuotes, records);
        }
    }

    private static List<String> header(CsvRecord record) {
        List<String> cells = new ArrayList<>(record.getFields());
        while (!cells.isEmpty() && cells.get(cells.size() - 1).isBlank()) {
            cells.remove(cells.size() - 1);
        }
        return cells;
    }

    private Delivery check(
            Arrival arrival,
            Contract contract,
            List<String> header,
            Charset charset,
            char delimiter,
            boolean strictQuotes,
            Iterator<CsvRecord> records) {
        List<String> columns = new ArrayList<>();
        List<String> extra = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        Set<String> twice = new LinkedHashSet<>();
        for (String cell : header) {
            Optional<String> standard = contract.standardName(cell);
            if (standard.isPresent() && !seen.add(standard.get())) {
                twice.add(standard.get());
            }
            String number = String.valueOf(columns.size() + 1);
            if (standard.isEmpty() && !cell.isBlank()) {
                extra.add(number);
            }
            // A cell that is no column of the contract may be data of a file without a header: no message repeats it.
            String name = Contract.normal(cell);
            columns.add(name.isEmpty() || columns.contains(name) ? "(column " + number + ")" : name);
        }
        List<String> missing = contract.columns().stream()
                .filter(column -> column.required() && !column.defaultsToYear())
                .map(Column::name)
                .filter(column -> !seen.contains(column))
                .toList();
        if (!missing.isEmpty()) {
            return refused(
                    arrival,
                    contract.dataset(),
                    "the header lacks the required column" + (missing.size() > 1 ? "s " : " ")
                            + String.join(", ", missing));
        }
        if (!twice.isEmpty()) {
            return refused(
                    arrival,
                    contract.dataset(),
                    "the header has the column " + String.join(", ", twice) + " more than once");
        }
        long rows = 0;
        while (records.hasNext()) {
            CsvRecord record = records.next();
            if (!strictQuotes
                    && record.getFields().stream().anyMatch(field -> field.contains("\n") || field.contains("\r"))) {
                return refused(
                        arrival,
                        contract.dataset(),
                        "line " + record.getStartingLineNumber()
                                + ": a quotation mark makes the row run on over the next" + " lines; correct the file");
            }
            rows += DelimitedFile.isBlank(record) ? 0 : 1;
        }
        Optional<String> suspect = suspect(arrival, contract, rows);
        if (suspect.isPresent()) {
            return refused(arrival, contract.dataset(), suspect.get());
        }
        String notes = extra.isEmpty()
                ? ""
                : "not in the contract, kept in bronze: column" + (extra.size() > 1 ? "s " : " ")
                        + String.join(", ", extra);
        Delivery accepted = delivery(
                arrival,
                contract.dataset(),
                DeliveryStatus.LOADED,
                notes,
                rows,
                new FileLayout(charset.name(), delimiter, strictQuotes, columns));
        remember(accepted);
        return accepted;
    }

    private Optional<String> suspect(Arrival arrival, Contract contract, long rows) {
        if (rows == 0) {
            return Optional.of("suspect: the file has a header and no rows");
        }
        Map.Entry<LocalDate, Long> inForce = snapshots
                .getOrDefault(
                        Delivery.slice(arrival.authority(), arrival.source(), contract.dataset()),
                        Collections.emptyNavigableMap())
                .floorEntry(arrival.extractDate());
        if (inForce == null || rows >= inForce.getValue() * smallestShare) {
            return Optional.empty();
        }
        return Optional.of(
                "suspect: " + rows + " rows, where the snapshot of " + inForce.getKey() + " has " + inForce.getValue());
    }

    private static Delivery held(Arrival arrival, String dataset, String reason) {
        return delivery(arrival, dataset, DeliveryStatus.HELD, reason, 0, null);
    }

    private static Delivery refused(Arrival arrival, String dataset, String reason) {
        return delivery(arrival, dataset, DeliveryStatus.REFUSED, reason, 0, null);
    }

    private static Delivery delivery(
            Arrival arrival, String dataset, DeliveryStatus status, String reason, long rows, FileLayout layout) {
        return new Delivery(
                Delivery.id(arrival.authority(), arrival.source(), dataset, arrival.extractDate(), arrival.sha256()),
                arrival.authority(),
                arrival.source(),
                dataset,
                arrival.extractDate(),
                arrival.file(),
                arrival.bytes(),
                arrival.modified(),
                arrival.sha256(),
                status,
                reason,
                rows,
                layout);
    }
}
