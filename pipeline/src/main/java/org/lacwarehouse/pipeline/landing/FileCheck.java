package org.lacwarehouse.pipeline.landing;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.lacwarehouse.pipeline.benchmark.DataSet;
import org.lacwarehouse.pipeline.contract.Column;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.contract.Contracts;
import org.lacwarehouse.pipeline.contract.PersonColumns;

/**
 * Decides whether a file is accepted: it must be readable to its last byte, have a header with every column that its
 * contract requires, and hold a plausible number of rows. Every file is read once in full here, before anything of it is
 * stored.
 */
public final class FileCheck {
    private static final String UNRECOGNISED = "unrecognised";
    private static final int MOST_COLUMNS = 16_384;
    private static final int MOST_NOTED = 20;
    private static final int LONGEST_NAME = 200;

    private final Contracts contracts;
    private final double smallestShare;
    private final Set<String> acceptedShrinkage;
    /** The contracts as they hold for an authority and extract date, by both. */
    private final Map<String, Contracts> agreed = new HashMap<>();
    /** Rows of each accepted snapshot by slice and extract date, those of this pass included. */
    private final Map<String, NavigableMap<LocalDate, Long>> snapshots = new HashMap<>();

    /**
     * @param smallestShare the share of the rows of the snapshot in force below which a file is refused
     * @param acceptedShrinkage the datasets, such as {@code 826/social_care/episodes}, of which a file is accepted however
     *     few rows it has
     */
    public FileCheck(Contracts contracts, Register register, double smallestShare, Set<String> acceptedShrinkage) {
        this.contracts = contracts;
        this.smallestShare = smallestShare;
        this.acceptedShrinkage = Set.copyOf(acceptedShrinkage);
        register.loaded().forEach(this::remember);
    }

    private Contracts contracts(Arrival arrival) {
        return agreed.computeIfAbsent(
                arrival.authority() + "/" + arrival.extractDate(),
                key -> contracts.agreedWith(arrival.authority(), arrival.extractDate()));
    }

    private void remember(Delivery accepted) {
        snapshots
                .computeIfAbsent(accepted.slice(), slice -> new TreeMap<>())
                .put(accepted.extractDate(), accepted.rowsIn());
    }

    /**
     * Checks one file; never throws for anything that is wrong with the file itself.
     *
     * @return a delivery for each dataset that it holds, and one when it holds none
     */
    public List<Delivery> check(Arrival arrival) {
        String name = arrival.path().getFileName().toString();
        String stem = name.substring(0, name.indexOf('.') < 0 ? name.length() : name.indexOf('.'))
                .toLowerCase(Locale.ROOT);
        // What people call a file may hold anything; only a name that the contracts know is a dataset.
        String dataset = contracts(arrival)
                .named(arrival.source(), stem)
                .map(Contract::dataset)
                .orElse(UNRECOGNISED);
        List<Delivery> checked = check(arrival, dataset, FileFormat.of(name));
        checked.stream()
                .filter(delivery -> delivery.status() == DeliveryStatus.LOADED)
                .forEach(this::remember);
        return checked;
    }

    private List<Delivery> check(Arrival arrival, String dataset, Optional<FileFormat> format) {
        if (!contracts.knowsSource(arrival.source())) {
            return List.of(held(arrival, dataset, "no contract describes the source " + arrival.source()));
        }
        if (format.isEmpty()) {
            String reason = "only " + FileFormat.ENDINGS + " files are read";
            return List.of(
                    dataset.equals(UNRECOGNISED)
                            ? held(arrival, dataset, reason)
                            : refused(arrival, dataset, reason + "; send it as one of these"));
        }
        try {
            arrival.stillInside();
            return switch (format.get()) {
                case TEXT -> List.of(checkText(arrival, dataset));
                case WORKBOOK ->
                    List.of(check(arrival, dataset, FileLayout.ofSheet(WorkbookFile.check(arrival.path(), dataset))));
                case XML -> checkXml(arrival, dataset);
                case PARQUET -> List.of(check(arrival, dataset, FileLayout.ofParquet()));
            };
        } catch (UnreadableFileException e) {
            return List.of(refused(arrival, dataset, e.getMessage()));
        } catch (IOException e) {
            return List.of(refused(
                    arrival, dataset, "the file cannot be read (" + e.getClass().getSimpleName() + ")"));
        } catch (OutOfMemoryError | StackOverflowError e) {
            // One file that asks for too much must not cost the others their night.
            return List.of(refused(
                    arrival,
                    dataset,
                    "reading the file takes more memory than there is; send it as .csv, or give the program more"));
        }
    }

    private Delivery checkText(Arrival arrival, String dataset) throws IOException {
        for (Charset charset : DelimitedFile.charsets(arrival.path())) {
            try {
                char delimiter = DelimitedFile.delimiter(arrival.path(), charset);
                try {
                    return check(arrival, dataset, FileLayout.of(new FileLayout.Text(charset.name(), delimiter, true)));
                } catch (QuotationException e) {
                    // A file with quotation marks inside its fields is read, as long as none swallows the next lines.
                    return check(
                            arrival, dataset, FileLayout.of(new FileLayout.Text(charset.name(), delimiter, false)));
                }
            } catch (CharacterCodingException e) {
                // Not this one; the next.
            }
        }
        return refused(arrival, dataset, "the text is in no character set that is read (UTF-8, UTF-16, Windows-1252)");
    }

    private List<Delivery> checkXml(Arrival arrival, String name) throws IOException {
        XmlTables tables = XmlTables.find(
                arrival.path(),
                contracts(arrival).all().stream()
                        .filter(contract -> contract.source().equals(arrival.source()))
                        .toList());
        List<String> datasets = tables.datasets();
        if (!name.equals(UNRECOGNISED) && !datasets.contains(name)) {
            return List.of(refused(arrival, name, "no element of the XML has the fields of this dataset"));
        }
        if (datasets.isEmpty()) {
            return List.of(unrecognised(arrival, name));
        }
        List<Delivery> checked = new ArrayList<>();
        for (String dataset : name.equals(UNRECOGNISED) ? datasets : List.of(name)) {
            checked.add(check(arrival, dataset, FileLayout.of(tables.table(dataset))));
        }
        String note = name.equals(UNRECOGNISED)
                ? tables.unknownKinds() == 0 ? "" : "not read: elements that no contract describes"
                : datasets.size() == 1 ? "" : "not read, because of the file's name: the other datasets that it holds";
        checked.set(0, checked.get(0).noting(note));
        return checked;
    }

    private Delivery check(Arrival arrival, String name, FileLayout layout) throws IOException {
        try (TableFile file = TableFile.open(arrival.path(), layout)) {
            List<String> header = file.header();
            if (header.stream().allMatch(String::isBlank)) {
                return refused(arrival, name, "the file is empty: it has no header line");
            }
            if (header.size() > MOST_COLUMNS) {
                return refused(arrival, name, "the header has more than " + MOST_COLUMNS + " columns");
            }
            Optional<Contract> found = contracts(arrival).find(arrival.source(), name);
            if (found.isEmpty()) {
                found = contracts(arrival).recognise(arrival.source(), header);
            }
            if (found.isEmpty()) {
                return unrecognised(arrival, name);
            }
            if (found.get().isNational() != arrival.authority().equals("national")) {
                return refused(
                        arrival,
                        found.get().dataset(),
                        found.get().isNational()
                                ? "national data lies in the wrong place; it belongs under national/"
                                : "a council's data lies in the wrong place; it belongs under its three-digit code");
            }
            return check(arrival, found.get(), layout, file);
        }
    }

    private static Delivery unrecognised(Arrival arrival, String name) {
        return held(
                arrival,
                name,
                arrival.source().equals(Contract.BENCHMARKS)
                        ? "no data set that conf/benchmarks describes has files of this name"
                        : "neither its name nor its header is that of a dataset of " + arrival.source()
                                + " that has a contract");
    }

    private Delivery check(Arrival arrival, Contract contract, FileLayout layout, TableFile file) throws IOException {
        List<String> columns = new ArrayList<>();
        List<String> extra = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Set<String> seen = new HashSet<>();
        Set<String> twice = new LinkedHashSet<>();
        for (String cell : file.header()) {
            Optional<String> standard = contract.standardName(cell);
            if (standard.isPresent() && !seen.add(standard.get())) {
                twice.add(standard.get());
            }
            String number = String.valueOf(columns.size() + 1);
            if (standard.isEmpty() && !cell.isBlank() && !contract.isBenchmark()) {
                extra.add(number);
            }
            // A cell that is no column of the contract may be data of a file without a header: no message repeats it.
            String name = Contract.normal(cell);
            boolean isName = !name.isEmpty() && name.length() <= LONGEST_NAME && names.add(name);
            columns.add(isName ? name : "(column " + number + ")");
        }
        List<String> missing = new ArrayList<>(contract.columns().stream()
                .filter(column -> column.required() && !column.defaultsToYear())
                .map(Column::name)
                .filter(column -> !seen.contains(column))
                .toList());
        missing.addAll(missingToName(contract.person(), seen));
        Optional<DataSet.Inspection> published = contract.isBenchmark()
                ? Optional.of(contracts.dataSet(contract.dataset()).inspect(columns))
                : Optional.empty();
        published.map(DataSet.Inspection::missingColumns).ifPresent(missing::addAll);
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
        for (Optional<TableRow> row = file.nextFilled(); row.isPresent(); row = file.nextFilled()) {
            rows++;
            if (published.isPresent()) {
                published.get().look(row.get().values(columns)::get);
            }
        }
        Optional<String> missingLabel = published.flatMap(DataSet.Inspection::missingLabel);
        if (rows > 0 && missingLabel.isPresent()) {
            return refused(
                    arrival,
                    contract.dataset(),
                    missingLabel.get() + "; add the release's spelling to benchmarks/" + contract.dataset() + ".yml");
        }
        Optional<String> suspect = suspect(arrival, contract, rows);
        if (suspect.isPresent()) {
            return refused(arrival, contract.dataset(), suspect.get());
        }
        return delivery(arrival, contract.dataset(), DeliveryStatus.LOADED, notes(extra), rows, layout.with(columns));
    }

    /** What a header lacks to say whom rows are about: the number, unless it has the names and date of birth. */
    private static List<String> missingToName(PersonColumns person, Set<String> seen) {
        if (person == null || seen.contains(person.number())) {
            return List.of();
        }
        if (person.names().isEmpty()) {
            return List.of(person.number());
        }
        List<String> lacking =
                person.names().stream().filter(column -> !seen.contains(column)).toList();
        return lacking.isEmpty() || person.number() == null
                ? lacking
                : List.of(person.number() + " (or else " + String.join(", ", lacking) + ")");
    }

    private static String notes(List<String> extra) {
        if (extra.isEmpty()) {
            return "";
        }
        int more = extra.size() - MOST_NOTED;
        return "not in the contract, kept in bronze: column" + (extra.size() > 1 ? "s " : " ")
                + String.join(", ", extra.subList(0, Math.min(MOST_NOTED, extra.size())))
                + (more > 0 ? " and " + more + " more" : "");
    }

    private Optional<String> suspect(Arrival arrival, Contract contract, long rows) {
        if (acceptedShrinkage.contains(Delivery.slice(arrival.authority(), arrival.source(), contract.dataset()))) {
            return Optional.empty();
        }
        if (rows == 0) {
            return Optional.of("suspect: the file has a header and no rows" + ifRight(arrival, contract));
        }
        Map.Entry<LocalDate, Long> inForce = snapshots
                .getOrDefault(
                        Delivery.slice(arrival.authority(), arrival.source(), contract.dataset()),
                        Collections.emptyNavigableMap())
                .floorEntry(arrival.extractDate());
        if (inForce == null || rows >= inForce.getValue() * smallestShare) {
            return Optional.empty();
        }
        return Optional.of("suspect: " + rows + " rows, where the snapshot of " + inForce.getKey() + " has "
                + inForce.getValue() + ifRight(arrival, contract));
    }

    private static String ifRight(Arrival arrival, Contract contract) {
        return "; if that is right, accept it with --accept-shrinkage "
                + Delivery.slice(arrival.authority(), arrival.source(), contract.dataset());
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
