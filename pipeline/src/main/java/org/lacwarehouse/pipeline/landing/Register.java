package org.lacwarehouse.pipeline.landing;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The delivery register: which files the warehouse has read, what became of each, and what the check of its rows gave.
 * It is a folder of small files that are only ever added, each written whole and then renamed into place, so that a
 * night killed at any moment leaves it consistent; reading it needs no Spark.
 */
public final class Register {
    /**
     * What the check of a delivery's rows gave: rows in = kept + duplicate + quarantined.
     *
     * @param deliveryId the delivery
     * @param contractDigest the contract by which it was checked
     * @param rowsKept rows that reached silver
     * @param rowsDuplicate exact repetitions that were dropped
     * @param rowsQuarantined rows that were rejected
     * @param rowsFlagged kept rows that carry at least one flag
     */
    public record Outcome(
            String deliveryId,
            String contractDigest,
            long rowsKept,
            long rowsDuplicate,
            long rowsQuarantined,
            long rowsFlagged) {
        /** This outcome as one by an unknown contract, so that the rows are checked again. */
        public Outcome unknown() {
            return new Outcome(deliveryId, "", rowsKept, rowsDuplicate, rowsQuarantined, rowsFlagged);
        }
    }

    /**
     * What is left of a delivery after rows were erased from it.
     *
     * @param deliveryId the delivery
     * @param rows the rows that bronze still holds of it
     */
    public record Remainder(String deliveryId, long rows) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Event(Delivery delivery, Outcome outcome, Remainder remainder, Delivery setAside) {}

    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();
    private static final String NATIONAL = "national";

    private final Path folder;
    private final Map<String, List<Delivery>> byFile = new LinkedHashMap<>();
    private final Map<String, Delivery> loaded = new LinkedHashMap<>();
    private final Map<String, Outcome> outcomes = new LinkedHashMap<>();
    /** How often rows were erased from a delivery. */
    private final Map<String, Integer> erasures = new HashMap<>();
    /** The delivery that counts for each slice and extract date: of several the one received last. */
    private final Map<String, NavigableMap<LocalDate, Delivery>> snapshots = new HashMap<>();

    private int files;

    private Register(Path folder) {
        this.folder = folder;
    }

    /** Opens the register of a warehouse; a new warehouse has an empty one. */
    public static Register open(Path warehouse) {
        Register register = new Register(warehouse.resolve("register"));
        try {
            Files.createDirectories(register.folder);
            try (Stream<Path> found = Files.list(register.folder)) {
                for (Path file : found.filter(p -> p.toString().endsWith(".jsonl"))
                        .sorted()
                        .toList()) {
                    List<Event> events = new ArrayList<>();
                    for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                        events.add(JSON.readValue(line, Event.class));
                    }
                    register.apply(events);
                    register.files++;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The delivery register " + register.folder + " cannot be read", e);
        }
        return register;
    }

    private void apply(List<Event> events) {
        // What a night made of a file takes the place of what was known of it, whatever datasets it held before.
        events.stream()
                .map(Event::delivery)
                .filter(Objects::nonNull)
                .map(Delivery::file)
                .forEach(byFile::remove);
        events.forEach(this::apply);
    }

    private void apply(Event event) {
        if (event.delivery() != null) {
            Delivery delivery = event.delivery();
            byFile.computeIfAbsent(delivery.file(), file -> new ArrayList<>()).add(delivery);
            if (delivery.status() == DeliveryStatus.LOADED) {
                // Put last again when it is read again, so that the newest of one extract date is the last.
                loaded.remove(delivery.deliveryId());
                loaded.put(delivery.deliveryId(), delivery);
                snapshots
                        .computeIfAbsent(delivery.slice(), slice -> new TreeMap<>())
                        .put(delivery.extractDate(), delivery);
            }
        }
        if (event.outcome() != null) {
            outcomes.put(event.outcome().deliveryId(), event.outcome());
        }
        if (event.remainder() != null) {
            apply(event.remainder());
        }
        if (event.setAside() != null) {
            setAside(event.setAside());
        }
    }

    /** What was in force before a delivery came is so again. */
    private void setAside(Delivery refused) {
        String id = refused.deliveryId();
        Delivery before = loaded.remove(id);
        if (before != null) {
            outcomes.remove(id);
            byFile.getOrDefault(before.file(), new ArrayList<>())
                    .replaceAll(d -> d.deliveryId().equals(id) ? refused : d);
            NavigableMap<LocalDate, Delivery> slice = snapshots.get(before.slice());
            slice.remove(before.extractDate(), before);
            loaded.values().stream()
                    .filter(d ->
                            d.slice().equals(before.slice()) && d.extractDate().equals(before.extractDate()))
                    .forEach(d -> slice.put(d.extractDate(), d));
        }
    }

    /** The delivery keeps its place among the others: which one counts does not change. */
    private void apply(Remainder remainder) {
        String id = remainder.deliveryId();
        Delivery before = loaded.get(id);
        if (before != null) {
            Delivery after = before.withRows(remainder.rows());
            loaded.put(id, after);
            snapshots.get(before.slice()).replace(before.extractDate(), before, after);
            byFile.getOrDefault(before.file(), new ArrayList<>()).replaceAll(d -> d.equals(before) ? after : d);
            outcomes.computeIfPresent(id, (delivery, outcome) -> outcome.unknown());
            erasures.merge(id, 1, Integer::sum);
        }
    }

    /** Records deliveries, all or none of them; of a file that holds several datasets all at once. */
    public void addDeliveries(Collection<Delivery> deliveries) {
        append(deliveries.stream()
                .map(delivery -> new Event(delivery, null, null, null))
                .toList());
    }

    /** Records the outcomes of checks, all or none of them. */
    public void addOutcomes(Collection<Outcome> added) {
        append(added.stream()
                .map(outcome -> new Event(null, outcome, null, null))
                .toList());
    }

    /**
     * Records that a delivery which had been loaded is not used after all.
     *
     * @param refused the delivery with the status refused and the reason
     */
    public void addSetAside(Delivery refused) {
        append(List.of(new Event(null, null, null, refused)));
    }

    /** Records from which deliveries rows were erased, all or none of them; what is left has to be checked again. */
    public void addRemainders(Collection<Remainder> added) {
        append(added.stream()
                .map(remainder -> new Event(null, null, remainder, null))
                .toList());
    }

    private void append(List<Event> events) {
        if (events.isEmpty()) {
            return;
        }
        StringBuilder text = new StringBuilder();
        try {
            for (Event event : events) {
                text.append(JSON.writeValueAsString(event)).append('\n');
            }
            Path target = folder.resolve(String.format("%08d.jsonl", files + 1));
            Path written = folder.resolve(target.getFileName() + ".tmp");
            Files.writeString(written, text);
            Files.move(written, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException("The delivery register " + folder + " cannot be written", e);
        }
        files++;
        apply(events);
    }

    /** What is known of a file, by its path below the landing zone: a delivery for each dataset that it holds. */
    public List<Delivery> byFile(String file) {
        return List.copyOf(byFile.getOrDefault(file, List.of()));
    }

    /** Whether a delivery is the one that counts for its dataset and extract date: the one received last. */
    public boolean isNewestOfItsDate(Delivery delivery) {
        return ofDate(delivery).map(Delivery::deliveryId).equals(Optional.of(delivery.deliveryId()));
    }

    /** The loaded delivery that counts for the dataset and extract date of another. */
    public Optional<Delivery> ofDate(Delivery other) {
        return Optional.ofNullable(snapshots(other.slice()).get(other.extractDate()));
    }

    private NavigableMap<LocalDate, Delivery> snapshots(String slice) {
        return snapshots.getOrDefault(slice, Collections.emptyNavigableMap());
    }

    /** Whether the rows of a delivery are in bronze, all of them. */
    public boolean isLoaded(Delivery delivery) {
        Delivery known = loaded.get(delivery.deliveryId());
        return known != null && known.rowsIn() == delivery.rowsIn();
    }

    /**
     * The id of a delivery, and what tells its rows from those before an erasure: what was computed from others has to be
     * computed again.
     */
    public String contents(Delivery delivery) {
        Integer times = erasures.get(delivery.deliveryId());
        return times == null ? delivery.deliveryId() : delivery.deliveryId() + "/" + times + "/" + delivery.rowsIn();
    }

    /** The hash of every file that is known, by its path below the landing zone. */
    public Map<String, String> files() {
        Map<String, String> hashes = new LinkedHashMap<>();
        byFile.forEach((file, deliveries) -> hashes.put(file, deliveries.get(0).sha256()));
        return hashes;
    }

    /** Every loaded delivery, oldest first. */
    public List<Delivery> loaded() {
        return List.copyOf(loaded.values());
    }

    /** The outcome of a delivery's check, if it has been checked. */
    public Optional<Outcome> outcome(String deliveryId) {
        return Optional.ofNullable(outcomes.get(deliveryId));
    }

    /**
     * The snapshot in force on a date: the loaded delivery with the newest extract date on or before it, of several of
     * one extract date the one received last. For national reference data, when all are newer, the oldest there is.
     */
    public Optional<Delivery> inForce(String authority, String source, String dataset, LocalDate asAt) {
        NavigableMap<LocalDate, Delivery> slice = snapshots(Delivery.slice(authority, source, dataset));
        Map.Entry<LocalDate, Delivery> found = slice.floorEntry(asAt);
        if (found == null && authority.equals(NATIONAL)) {
            found = slice.firstEntry();
        }
        return Optional.ofNullable(found).map(Map.Entry::getValue);
    }

    /** The snapshots in force of a dataset on the as-at date of each authority. */
    public List<Delivery> inForce(String source, String dataset, Map<String, LocalDate> asAt) {
        List<Delivery> found = new ArrayList<>();
        asAt.forEach(
                (authority, date) -> inForce(authority, source, dataset, date).ifPresent(found::add));
        return found;
    }

    /** The snapshots of a dataset of an authority dated on or before a date, oldest first, one for each extract date. */
    public List<Delivery> upTo(String authority, String source, String dataset, LocalDate asAt) {
        return List.copyOf(snapshots(Delivery.slice(authority, source, dataset))
                .headMap(asAt, true)
                .values());
    }

    /**
     * The as-at date of each authority: the date asked for, else its newest social care extract. An authority without a
     * social care snapshot in force on that date is left out.
     */
    public Map<String, LocalDate> asAt(LocalDate asked) {
        Map<String, LocalDate> dates = new TreeMap<>();
        for (Delivery delivery : loaded.values()) {
            if (delivery.source().equals("social_care")
                    && (asked == null || !delivery.extractDate().isAfter(asked))) {
                dates.merge(
                        delivery.authority(),
                        Objects.requireNonNullElse(asked, delivery.extractDate()),
                        (a, b) -> a.isAfter(b) ? a : b);
            }
        }
        return dates;
    }
}
