package org.lacwarehouse.pipeline.erasure;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.lacwarehouse.pipeline.bronze.Bronze;
import org.lacwarehouse.pipeline.contract.ColumnType;
import org.lacwarehouse.pipeline.contract.Contracts;
import org.lacwarehouse.pipeline.lake.InParallel;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.landing.Delivery;
import org.lacwarehouse.pipeline.landing.Register;
import org.lacwarehouse.pipeline.linkage.Linkage;
import org.lacwarehouse.pipeline.privacy.Pseudonyms;
import org.lacwarehouse.pipeline.silver.Silver;

/**
 * Erases a child. Silver and gold are functions of bronze, so the child's rows are taken out of bronze and the deliveries
 * concerned are checked again, like any others. Until the caller says that it has ended, a file in the vault keeps what the
 * child is found by, so that an erasure that was killed can be finished when bronze no longer tells.
 */
public final class Erasure {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    private final Lake lake;
    private final Contracts contracts;
    private final Register register;
    private final Silver silver;
    private final Bronze bronze;
    private final Linkage linkage;
    private final Pseudonyms pseudonyms;
    private final Path marker;

    /** @param warehouse the folder of the warehouse */
    public Erasure(
            Lake lake, Contracts contracts, Register register, Linkage linkage, Pseudonyms pseudonyms, Path warehouse) {
        this.lake = lake;
        this.contracts = contracts;
        this.register = register;
        this.silver = new Silver(lake, contracts, pseudonyms);
        this.bronze = new Bronze(lake);
        this.linkage = linkage;
        this.pseudonyms = pseudonyms;
        this.marker = marker(warehouse);
    }

    /**
     * What is erased.
     *
     * @param traces what the child is found by
     * @param deliveries the deliveries that have, or had, rows about the child
     * @param shared the numbers, and names with a date of birth, that another child of the authority has too; they say
     *     nothing about which of the two is meant and stay
     */
    public record Plan(Traces traces, Set<String> deliveries, int shared) {}

    /** The file that says that an erasure is not finished. */
    public static Path marker(Path warehouse) {
        return warehouse.resolve("vault/erasure.json");
    }

    /** The erasure that has begun and not ended. */
    public Optional<Plan> unfinished() {
        try {
            return Files.exists(marker)
                    ? Optional.of(JSON.readValue(Files.readString(marker), Plan.class))
                    : Optional.empty();
        } catch (IOException e) {
            // Not as the cause: the parser's message quotes what it reads.
            throw new IllegalStateException("The file " + marker + " of an unfinished erasure cannot be read");
        }
    }

    /**
     * Finds everything about a child.
     *
     * @param child the council's own id
     * @param before what an erasure of the child that was interrupted had found
     * @return what is to be erased; none when there is nothing
     */
    public Optional<Plan> find(String authority, String child, Optional<Plan> before) {
        List<Delivery> deliveries = deliveries(authority);
        Plan who = who(authority, child, deliveries, before);
        Set<String> affected = new TreeSet<>(before.map(Plan::deliveries).orElse(Set.of()));
        bySource(deliveries).values().stream()
                .map(files -> rows(files, who.traces(), true).select(Lake.SLICE))
                .reduce(Dataset::union)
                .map(found -> found.distinct().collectAsList())
                .orElse(List.of())
                .forEach(row -> affected.add(row.getString(0)));
        return affected.isEmpty() ? Optional.empty() : Optional.of(new Plan(who.traces(), affected, who.shared()));
    }

    private List<Delivery> deliveries(String authority) {
        return register.loaded().stream()
                .filter(delivery -> delivery.authority().equals(authority))
                .filter(delivery -> lake.exists(Bronze.table(delivery.source())))
                .toList();
    }

    private static Map<String, List<Delivery>> bySource(List<Delivery> deliveries) {
        return deliveries.stream()
                .collect(Collectors.groupingBy(Delivery::source, LinkedHashMap::new, Collectors.toList()));
    }

    /** The bronze rows of deliveries of one source that are about the child, or those that are not. */
    private Dataset<Row> rows(List<Delivery> deliveries, Traces traces, boolean aboutChild) {
        // Columns are chosen before the filter, which then gets rows that know their columns' names.
        return silver.subjects(deliveries.get(0).source(), deliveries)
                .select("line_number", "raw", Lake.SLICE, "has_contract", "child", Silver.PERSON)
                .filter(new AboutChild(traces, aboutChild))
                .select("line_number", "raw", Lake.SLICE);
    }

    /** The names under which deliveries may have the council's own child id. */
    private Set<String> childColumns(List<Delivery> deliveries) {
        Set<String> names = new TreeSet<>();
        for (Delivery delivery : deliveries) {
            contracts
                    .find(delivery.source(), delivery.dataset())
                    .map(contract -> contract.agreedWith(delivery.authority(), delivery.extractDate()))
                    .ifPresentOrElse(
                            contract -> contract.columns().stream()
                                    .filter(column -> column.type() == ColumnType.CHILD)
                                    .forEach(column -> names.addAll(column.spellings())),
                            () -> names.add("CHILD"));
        }
        return names;
    }

    /** Somebody whom rows are about: a child of the authority, or a person of another system. */
    private record Somebody(
            String source, String id, Set<String> numbers, String forename, String surname, LocalDate born) {
        boolean isChild() {
            return source.isEmpty();
        }

        Optional<Traces.Named> named() {
            return Optional.ofNullable(Traces.Named.of(forename, surname, born));
        }
    }

    private Plan who(String authority, String child, List<Delivery> deliveries, Optional<Plan> before) {
        String childId = pseudonyms.childId(authority, child);
        List<Somebody> all = everybody(deliveries);
        Set<String> numbers =
                new TreeSet<>(before.map(plan -> plan.traces().numbers()).orElse(Set.of()));
        Set<Traces.Named> names =
                new HashSet<>(before.map(plan -> plan.traces().names()).orElse(Set.of()));
        Set<LocalDate> born = new TreeSet<>();
        Set<String> othersNumbers = new TreeSet<>();
        Set<Traces.Named> othersNames = new HashSet<>();
        List<Somebody> spellings = new ArrayList<>();
        all.stream().filter(Somebody::isChild).forEach(somebody -> {
            if (somebody.id().equals(child)) {
                numbers.addAll(somebody.numbers());
                spellings.add(somebody);
                if (somebody.born() != null) {
                    born.add(somebody.born());
                }
            } else {
                othersNumbers.addAll(somebody.numbers());
                somebody.named().ifPresent(othersNames::add);
            }
        });
        // The header and the identity may differ in the date of birth: each name with each date.
        spellings.forEach(somebody ->
                born.forEach(date -> Optional.ofNullable(Traces.Named.of(somebody.forename(), somebody.surname(), date))
                        .ifPresent(names::add)));
        names.forEach(named -> born.add(named.born()));
        int found = numbers.size() + names.size();
        numbers.removeAll(othersNumbers);
        names.removeAll(othersNames);
        int shared = before.map(Plan::shared).orElse(0) + found - numbers.size() - names.size();

        Set<String> people =
                new TreeSet<>(before.map(plan -> plan.traces().people()).orElse(Set.of()));
        Set<String> linkedToOthers = new TreeSet<>();
        for (Row link : linkage.read()
                .where(col("authority").equalTo(authority))
                .where(col("child_id").isNotNull())
                .select("child_id", Silver.PERSON)
                .collectAsList()) {
            (link.getString(0).equals(childId) ? people : linkedToOthers).add(link.getString(1));
        }
        List<Somebody> persons =
                all.stream().filter(somebody -> !somebody.isChild()).toList();
        Set<String> allNumbers = new TreeSet<>(numbers);
        boolean grew = true;
        while (grew) {
            Map<String, Set<String>> further = furtherNumbers(persons, people, born, othersNumbers);
            further.values().forEach(allNumbers::addAll);
            grew = people.addAll(persons.stream()
                    .filter(person -> !linkedToOthers.contains(person.id()))
                    .filter(person -> person.named().filter(names::contains).isPresent()
                            || !Collections.disjoint(person.numbers(), numbers)
                            || !Collections.disjoint(person.numbers(), further.getOrDefault(person.source(), Set.of())))
                    .map(Somebody::id)
                    .toList());
        }
        return new Plan(new Traces(authority, child, childId, allNumbers, names, people), Set.of(), shared);
    }

    /** By source the numbers of people who are the child that can be nobody else's, so that they lead to more rows. */
    private static Map<String, Set<String>> furtherNumbers(
            List<Somebody> persons, Set<String> people, Set<LocalDate> born, Set<String> othersNumbers) {
        Map<String, Set<String>> further = new HashMap<>();
        persons.stream().filter(person -> people.contains(person.id())).forEach(person -> further.computeIfAbsent(
                        person.source(), source -> new TreeSet<>())
                .addAll(person.numbers()));
        further.values().forEach(numbers -> numbers.removeAll(othersNumbers));
        persons.stream()
                .filter(person -> !people.contains(person.id()))
                .filter(person -> person.named().isPresent() || person.born() != null && !born.contains(person.born()))
                .forEach(person ->
                        further.getOrDefault(person.source(), new TreeSet<>()).removeAll(person.numbers()));
        return further;
    }

    /** Whom the rows of all snapshots of an authority are about, rejected rows included. */
    private List<Somebody> everybody(List<Delivery> deliveries) {
        return bySource(deliveries).entrySet().stream()
                .map(source -> silver.subjects(source.getKey(), source.getValue())
                        .where("has_contract AND (child IS NOT NULL OR person_id IS NOT NULL)")
                        .where("size(numbers) > 0 OR born IS NOT NULL")
                        .selectExpr(
                                "if(child IS NULL, split(delivery_id, '[.]')[1], '')",
                                "coalesce(child, person_id)",
                                "numbers",
                                "forename",
                                "surname",
                                "born")
                        .distinct())
                .reduce(Dataset::union)
                .map(Dataset::collectAsList)
                .orElse(List.of())
                .stream()
                .map(row -> new Somebody(
                        row.getString(0),
                        row.getString(1),
                        row.<String>getList(2).stream()
                                .filter(Erasure::isNumber)
                                .collect(Collectors.toCollection(TreeSet::new)),
                        row.getString(3),
                        row.getString(4),
                        (LocalDate) row.get(5)))
                .toList();
    }

    /** Whether a number tells one person from all others, its check digit right or wrong; no word or code does. */
    private static boolean isNumber(String number) {
        return number != null
                && number.length() >= 10
                && number.chars().filter(Character::isDigit).count() >= 8
                && number.chars().distinct().count() > 2;
    }

    /** Notes in the vault that an erasure has begun, before anything is changed. */
    public void begin(Plan plan) {
        try {
            Path written = marker.resolveSibling(marker.getFileName() + ".tmp");
            Files.deleteIfExists(written);
            Files.createFile(
                    written, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(written, JSON.writeValueAsString(plan));
            Files.move(written, marker, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("The vault cannot be written: " + marker, e);
        }
    }

    /**
     * Takes the rows about the child out of bronze, one commit a source, and out of what no check of the rest replaces. The
     * register then says that the deliveries have fewer rows and are to be checked again.
     *
     * @return the rows that were taken out
     */
    public long erase(Plan plan) {
        List<Delivery> affected = affected(plan);
        bySource(affected).forEach((source, files) -> eraseFrom(source, files, plan.traces()));
        dropUnregistered(plan.traces().authority());
        List<Register.Remainder> remainders = remainders(affected);
        long erased = remainders.stream()
                .mapToLong(remainder -> rowsIn(affected, remainder.deliveryId()) - remainder.rows())
                .sum();
        register.addRemainders(remainders);
        silver.dropUnchecked(
                affected(plan).stream()
                        .filter(delivery -> register.outcome(delivery.deliveryId())
                                .map(outcome -> outcome.contractDigest().isEmpty())
                                .orElse(true))
                        .toList(),
                register);
        return erased;
    }

    /** The deliveries of a plan as the register knows them now. */
    public List<Delivery> affected(Plan plan) {
        return register.loaded().stream()
                .filter(delivery -> plan.deliveries().contains(delivery.deliveryId()))
                .toList();
    }

    private void eraseFrom(String source, List<Delivery> files, Traces traces) {
        lake.replaceSlices(
                Bronze.table(source),
                rows(files, traces, false).repartition(col(Lake.SLICE)),
                files.stream().map(Delivery::deliveryId).toList());
    }

    /** What a night that was killed has stored and not recorded is nobody's: it is read again if its file is there. */
    private void dropUnregistered(String authority) {
        Set<String> known = register.loaded().stream().map(Delivery::deliveryId).collect(Collectors.toSet());
        for (String table : lake.tables(Bronze.LAYER)) {
            lake.dropSlices(
                    table,
                    lake.read(table).select(Lake.SLICE).distinct().collectAsList().stream()
                            .map(row -> row.getString(0))
                            .filter(id -> id.startsWith(authority + ".") && !known.contains(id))
                            .toList());
        }
    }

    private List<Register.Remainder> remainders(List<Delivery> affected) {
        Map<String, Long> left = new HashMap<>();
        affected.stream().collect(Collectors.groupingBy(Delivery::source)).forEach((source, files) -> bronze.read(
                        source, files.stream().map(Delivery::deliveryId).toList())
                .groupBy(Lake.SLICE)
                .count()
                .collectAsList()
                .forEach(row -> left.put(row.getString(0), row.getLong(1))));
        return affected.stream()
                .filter(delivery -> left.getOrDefault(delivery.deliveryId(), 0L) != delivery.rowsIn())
                .map(delivery ->
                        new Register.Remainder(delivery.deliveryId(), left.getOrDefault(delivery.deliveryId(), 0L)))
                .toList();
    }

    private static long rowsIn(List<Delivery> deliveries, String id) {
        return deliveries.stream()
                .filter(delivery -> delivery.deliveryId().equals(id))
                .mapToLong(Delivery::rowsIn)
                .sum();
    }

    /**
     * Looks through the present rows of every table for the child.
     *
     * @return the places, such as {@code vault/people 826.housing.tenancies.2024-03-31... line 7}; never a value
     */
    public List<String> left(Traces traces, List<String> tables) {
        Set<String> columns = childColumns(deliveries(traces.authority()));
        List<String> places = Collections.synchronizedList(new ArrayList<>());
        InParallel.each(tables, table -> {
            Dataset<Row> rows = lake.read(table);
            Dataset<Row> found = rows.filter(new Mentions(
                    traces,
                    columns,
                    table.startsWith(Bronze.LAYER + "/"),
                    List.of(rows.columns()).contains(Lake.SLICE)));
            List<String> where = List.of(rows.columns()).stream()
                    .filter(column -> column.equals(Lake.SLICE) || column.equals("line_number"))
                    .toList();
            found.select(where.stream().map(column -> col(column)).toArray(Column[]::new))
                    .collectAsList()
                    .forEach(row -> places.add(table + " " + row.mkString(" line ")));
        });
        return places.stream().map(String::strip).distinct().sorted().toList();
    }
}
