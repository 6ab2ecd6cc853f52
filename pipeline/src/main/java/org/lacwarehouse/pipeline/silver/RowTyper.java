package org.lacwarehouse.pipeline.silver;

import java.io.Serializable;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.lacwarehouse.pipeline.contract.Code;
import org.lacwarehouse.pipeline.contract.Column;
import org.lacwarehouse.pipeline.contract.ColumnType;
import org.lacwarehouse.pipeline.contract.Contract;
import org.lacwarehouse.pipeline.contract.KeyPart;
import org.lacwarehouse.pipeline.contract.PersonColumns;
import org.lacwarehouse.pipeline.lake.Lake;
import org.lacwarehouse.pipeline.landing.TableRow;
import org.lacwarehouse.pipeline.linkage.Names;
import org.lacwarehouse.pipeline.linkage.PersonNumbers;
import org.lacwarehouse.pipeline.privacy.Pseudonyms;

/**
 * Turns the raw text of a bronze row into typed values as its contract says, and notes every fault: the checks that need
 * nothing but the row itself. A fault names the rule, the column and the reason, never the value.
 */
final class RowTyper implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Pattern DAY_FIRST = Pattern.compile("(\\d{2})/(\\d{2})/(\\d{4})");
    private static final Pattern YEAR_FIRST = Pattern.compile("(\\d{4})-(\\d{2})-(\\d{2})");
    private static final Pattern WHOLE_NUMBER = Pattern.compile("[+-]?\\d{1,9}");
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,12}(\\.\\d{1,9})?");

    /** A finding about a row: rule, column (null for the whole row), reason. */
    static final StructType FINDING = new StructType()
            .add("rule_id", DataTypes.StringType, false)
            .add("column_name", DataTypes.StringType, true)
            .add("reason", DataTypes.StringType, false);

    private static final ArrayType FINDINGS = DataTypes.createArrayType(FINDING, false);

    private static final Pattern SPACE = Pattern.compile("\\s");
    private static final Pattern ACADEMIC_YEAR = Pattern.compile("(\\d{4})/(\\d{2})");
    private static final Pattern PARTIAL_DATE = Pattern.compile(
            "(\\d{2}|zz)/(\\d{2}|zz)/(\\d{4}|z{2,4})|(\\d{4}|z{2,4})-(\\d{2}|zz)-(\\d{2}|zz)",
            Pattern.CASE_INSENSITIVE);

    private final Contract contract;
    private final Pseudonyms pseudonyms;
    /** What holds for a delivery, by its id. */
    private transient Map<String, Agreed> agreed;

    private transient List<String> names;

    /**
     * The contract as it holds for a delivery, put together once and not for every row.
     *
     * @param contract the contract with the spellings that are in use
     * @param columns its columns
     * @param spellings the headers of each column
     * @param authority the authority that delivered
     * @param extractDate the extract date
     */
    private record Agreed(
            Contract contract,
            List<Column> columns,
            List<List<String>> spellings,
            String authority,
            LocalDate extractDate) {}

    RowTyper(Contract contract, Pseudonyms pseudonyms) {
        this.contract = contract;
        this.pseudonyms = pseudonyms;
    }

    /** The typed columns of a contract, and before them where the row is from and what was found. */
    static StructType schema(Contract contract) {
        StructType schema = new StructType()
                .add("line_number", DataTypes.LongType, false)
                .add(Lake.SLICE, DataTypes.StringType, false)
                .add("authority", DataTypes.StringType, false)
                .add("row_key", DataTypes.StringType, false)
                .add("row_hash", DataTypes.StringType, false)
                .add("codes_reported", DataTypes.createMapType(DataTypes.StringType, DataTypes.StringType, false), true)
                .add("faults", FINDINGS, false)
                .add("flags", FINDINGS, false);
        if (contract.person() != null) {
            schema = schema.add(Silver.PERSON, DataTypes.StringType, true);
        }
        for (Column column : contract.columns()) {
            schema = schema.add(column.silverName(), column.type().silverType(), true);
        }
        return schema;
    }

    /**
     * Types a row.
     *
     * @param line where it stands in its file
     * @param raw the values that are not blank, by header
     * @return the values of {@link #schema}: a map as a Java map, findings as an array of rows
     */
    Object[] type(long line, Map<String, String> raw, String deliveryId) {
        Agreed here = agreedFor(deliveryId);
        String authority = here.authority();
        List<Row> faults = new ArrayList<>();
        List<Row> flags = new ArrayList<>();
        Map<String, Object> typed = new HashMap<>();
        Map<String, Code> codes = new HashMap<>();
        Map<String, String> reported = new TreeMap<>();
        for (int i = 0; i < here.columns().size(); i++) {
            Column column = here.columns().get(i);
            String text = first(raw, here.spellings().get(i));
            if (text == null) {
                if (column.defaultsToYear()) {
                    typed.put(column.name(), collectionYear(here.extractDate()));
                } else if (column.required()) {
                    faults.add(finding("required_missing", column, "a value is required"));
                }
            } else {
                typed.put(column.name(), value(column, text.strip(), authority, codes, faults, flags));
                Code code = codes.get(column.name());
                if (code != null && !code.code().equals(text.strip())) {
                    reported.put(column.silverName(), text.strip());
                }
            }
        }
        if (raw.containsKey(TableRow.BEYOND_HEADER)) {
            faults.add(finding("too_many_fields", null, "the row has more fields than the header"));
        }
        codes.forEach((name, code) ->
                checkValidity(contract.column(name), code, usedFrom(name, typed, here.extractDate()), typed, faults));
        PersonColumns person = contract.person();
        if (person != null && faults.isEmpty()) {
            checkPerson(person, typed, faults);
        }

        List<Object> row = new ArrayList<>();
        row.add(line);
        row.add(deliveryId);
        row.add(authority);
        String hash = hash(typed, names());
        row.add(contract.key().isEmpty() || isOutsideKey(typed) ? hash : hash(typed, keyColumns(typed)));
        row.add(hash);
        row.add(reported.isEmpty() ? null : reported);
        row.add(faults.toArray());
        row.add(flags.toArray());
        if (person != null) {
            // A dataset that carries a number only names other people than one that could have said more.
            row.add(pseudonyms.personId(
                    authority,
                    contract.source(),
                    person.names().isEmpty()
                            ? List.of(part(typed, person.number()))
                            : List.of(
                                    part(typed, person.number()),
                                    Names.normal(part(typed, person.forename())),
                                    Names.normal(part(typed, person.surname())),
                                    part(typed, person.born()))));
        }
        contract.columns().forEach(column -> row.add(typed.get(column.name())));
        return row.toArray();
    }

    private static String first(Map<String, String> raw, List<String> spellings) {
        for (String spelling : spellings) {
            String text = raw.get(spelling);
            if (text != null) {
                return text;
            }
        }
        return null;
    }

    private List<String> names() {
        if (names == null) {
            names = contract.columns().stream().map(Column::name).toList();
        }
        return names;
    }

    /** The contract as it holds for a delivery. */
    Contract agreed(String deliveryId) {
        return agreedFor(deliveryId).contract();
    }

    private Agreed agreedFor(String deliveryId) {
        if (agreed == null) {
            agreed = new HashMap<>();
        }
        return agreed.computeIfAbsent(deliveryId, id -> {
            String authority = id.substring(0, id.indexOf('.'));
            LocalDate extractDate = LocalDate.parse(id.split("\\.")[3]);
            Contract here = contract.agreedWith(authority, extractDate);
            return new Agreed(
                    here,
                    here.columns(),
                    here.columns().stream().map(Column::spellings).toList(),
                    authority,
                    extractDate);
        });
    }

    private static String part(Map<String, Object> typed, String column) {
        return column == null || typed.get(column) == null
                ? ""
                : typed.get(column).toString();
    }

    /** Of each part of the key the first way of saying it that the row fills; when it fills none, all of the first. */
    private List<String> keyColumns(Map<String, Object> typed) {
        List<String> columns = new ArrayList<>();
        for (KeyPart part : contract.key()) {
            List<String> said = part.alternatives().get(0);
            for (List<String> way : part.alternatives()) {
                if (isFilled(way, typed)) {
                    said = way;
                    break;
                }
            }
            columns.addAll(said);
        }
        return columns;
    }

    private static boolean isFilled(List<String> columns, Map<String, Object> typed) {
        for (String column : columns) {
            if (typed.get(column) == null) {
                return false;
            }
        }
        return true;
    }

    /** A row must say whom it is about: by a number, or by a name and a date of birth. */
    private void checkPerson(PersonColumns person, Map<String, Object> typed, List<Row> faults) {
        boolean numbered = person.number() != null && typed.get(person.number()) != null;
        boolean named = !person.names().isEmpty() && isFilled(person.names(), typed);
        if (!numbered && !named) {
            List<String> ways = new ArrayList<>();
            if (person.number() != null) {
                ways.add(person.number());
            }
            if (!person.names().isEmpty()) {
                ways.add(String.join(", ", person.names()));
            }
            faults.add(finding(
                    "required_missing",
                    contract.column(person.all().get(0)),
                    "nobody is named: a value is required in " + String.join(", or in ", ways)));
        }
    }

    /** The year of the 31 March that the extract date falls on or before. */
    private static int collectionYear(LocalDate extract) {
        return extract.getMonthValue() <= 3 ? extract.getYear() : extract.getYear() + 1;
    }

    private String hash(Map<String, Object> typed, List<String> columns) {
        List<String> values = new ArrayList<>(columns.size());
        for (String column : columns) {
            Object value = typed.get(column);
            values.add(value == null ? "\u0001" : value.toString());
        }
        return pseudonyms.rowHash(values);
    }

    private boolean isOutsideKey(Map<String, Object> typed) {
        for (Map.Entry<String, List<String>> outside : contract.outsideKey().entrySet()) {
            if (outside.getValue().contains(typed.get(outside.getKey()))) {
                return true;
            }
        }
        return false;
    }

    private Object value(
            Column column, String text, String authority, Map<String, Code> codes, List<Row> faults, List<Row> flags) {
        if (column.maxLength() > 0 && text.length() > column.maxLength()) {
            faults.add(finding("too_long", column, "longer than " + column.maxLength() + " characters"));
            return null;
        }
        if (column.type() != ColumnType.TEXT && (text.contains("\n") || text.contains("\r"))) {
            faults.add(
                    finding("line_break", column, "the value runs over several lines; is a quotation mark missing?"));
            return null;
        }
        return switch (column.type()) {
            case TEXT -> text;
            case CHILD -> pseudonyms.childId(authority, text);
            case POSTCODE -> SPACE.matcher(text.toUpperCase(Locale.ROOT)).replaceAll("");
            case DATE -> date(column, text, faults);
            case ACADEMIC_YEAR -> academicYear(column, text, faults);
            case PARTIAL_DATE -> partialDate(column, text, faults);
            case NHS_NUMBER -> number(column, text, PersonNumbers::isNhsNumber, flags);
            case UPN -> number(column, text, PersonNumbers::isUpn, flags);
            case INTEGER -> whole(column, text, faults);
            case DECIMAL ->
                number(column, text, NUMBER, faults).map(Double::valueOf).orElse(null);
            case CODE -> code(column, text, codes, faults, flags);
        };
    }

    /** The number as numbers are compared; whether it is right matters only to the matching. */
    private static String number(Column column, String text, Predicate<String> isRight, List<Row> flags) {
        String number = PersonNumbers.normal(text);
        if (number.isEmpty()) {
            return null;
        }
        if (!isRight.test(number)) {
            flags.add(
                    finding("check_digit", column, "the number is not a valid one and does not take part in matching"));
        }
        return number;
    }

    private static Integer whole(Column column, String text, List<Row> faults) {
        Integer number =
                number(column, text, WHOLE_NUMBER, faults).map(Integer::valueOf).orElse(null);
        if (number != null
                && !column.range().isEmpty()
                && (number < column.range().get(0) || number > column.range().get(1))) {
            faults.add(finding(
                    "out_of_range",
                    column,
                    "not from " + column.range().get(0) + " to "
                            + column.range().get(1)));
            return null;
        }
        return number;
    }

    private static String academicYear(Column column, String text, List<Row> faults) {
        Matcher years = ACADEMIC_YEAR.matcher(text);
        if (years.matches() && (Integer.parseInt(years.group(1)) + 1) % 100 == Integer.parseInt(years.group(2))) {
            return text;
        }
        faults.add(finding("not_an_academic_year", column, "not an academic year written like 2023/24"));
        return null;
    }

    private static String partialDate(Column column, String text, List<Row> faults) {
        if (text.toLowerCase(Locale.ROOT).contains("z")) {
            if (!PARTIAL_DATE.matcher(text).matches()) {
                faults.add(finding(
                        "not_a_date", column, "not a date written dd/mm/yyyy or yyyy-mm-dd, zz for an unknown part"));
                return null;
            }
            return text.toLowerCase(Locale.ROOT);
        }
        LocalDate date = date(column, text, faults);
        return date == null ? null : date.toString();
    }

    private static LocalDate date(Column column, String text, List<Row> faults) {
        Matcher dayFirst = DAY_FIRST.matcher(text);
        Matcher yearFirst = YEAR_FIRST.matcher(text);
        try {
            if (dayFirst.matches()) {
                return day(dayFirst.group(3), dayFirst.group(2), dayFirst.group(1));
            }
            if (yearFirst.matches()) {
                return day(yearFirst.group(1), yearFirst.group(2), yearFirst.group(3));
            }
            faults.add(finding("not_a_date", column, "not a date written dd/mm/yyyy or yyyy-mm-dd"));
        } catch (DateTimeException e) {
            faults.add(finding("impossible_date", column, "there is no such day"));
        }
        return null;
    }

    private static LocalDate day(String year, String month, String day) {
        LocalDate date = LocalDate.of(Integer.parseInt(year), Integer.parseInt(month), Integer.parseInt(day));
        if (date.getYear() < 1) {
            throw new DateTimeException("there is no year 0");
        }
        return date;
    }

    private static Optional<String> number(Column column, String text, Pattern shape, List<Row> faults) {
        if (shape.matcher(text).matches()) {
            return Optional.of(text);
        }
        faults.add(finding("not_a_number", column, "not a number of the kind expected"));
        return Optional.empty();
    }

    private static String code(Column column, String text, Map<String, Code> codes, List<Row> faults, List<Row> flags) {
        Optional<Code> code = column.code(text);
        if (code.isEmpty()) {
            Row finding = finding(
                    "unknown_code",
                    column,
                    "not a code of the list " + column.codes().name());
            (column.unknownAllowed() ? flags : faults).add(finding);
            return null;
        }
        codes.put(column.name(), code.get());
        return code.get().code();
    }

    /** The first day on which a code was used: a date of the row, the extract date, or the start of a collection year. */
    private LocalDate usedFrom(String column, Map<String, Object> typed, LocalDate extractDate) {
        List<String> over = contract.column(column).validOver();
        if (over.isEmpty()) {
            return null;
        }
        return over.get(0).equals(Column.EXTRACT_DATE)
                ? extractDate
                : typed.get(over.get(0)) instanceof Integer year
                        ? LocalDate.of(year - 1, 4, 1)
                        : (LocalDate) typed.get(over.get(0));
    }

    private static void checkValidity(
            Column column, Code code, LocalDate first, Map<String, Object> typed, List<Row> faults) {
        if (column.validOver().isEmpty() || (code.validFrom() == null && code.validTo() == null)) {
            return;
        }
        boolean tooEarly;
        boolean tooLate;
        if (column.validOver().size() == 1) {
            tooEarly = first != null && code.validFrom() != null && first.isBefore(code.validFrom());
            // Without the date the code cannot have been used in its time.
            tooLate = code.validTo() != null && (first == null || !first.isBefore(code.validTo()));
        } else {
            // Half-open: used from the first date up to but not including the second; open while that is blank.
            LocalDate end = (LocalDate) typed.get(column.validOver().get(1));
            tooEarly = end != null && code.validFrom() != null && !end.isAfter(code.validFrom());
            tooLate = first != null && code.validTo() != null && !first.isBefore(code.validTo());
        }
        if (tooEarly || tooLate) {
            faults.add(finding(
                    "code_not_valid_then",
                    column,
                    "the code exists only " + (tooEarly ? "from " + code.validFrom() : "before " + code.validTo())));
        }
    }

    static Row finding(String rule, Column column, String reason) {
        return RowFactory.create(rule, column == null ? null : column.name(), reason);
    }
}
