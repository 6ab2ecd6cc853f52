package org.lacwarehouse.pipeline.landing;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.JulianFields;
import java.util.function.Function;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;

/** How the values of a Parquet column become text. */
final class ParquetColumn {
    private static final int MOST_DECIMALS = 100;
    private static final DateTimeFormatter WITH_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    /** Gives the text of the value of a row in the column of a number, counted from 0. */
    private interface ToText {
        String text(Group row, int column);
    }

    private final ToText toText;

    private ParquetColumn(ToText toText) {
        this.toText = toText;
    }

    /** The text of the value that a row has in the column of a number, counted from 0. */
    String text(Group row, int column) {
        return toText.text(row, column);
    }

    /**
     * A column of a type.
     *
     * @param number its number for messages, counted from 1
     */
    static ParquetColumn of(PrimitiveType type, int number) throws UnreadableFileException {
        ToText toText = toText(type);
        if (toText == null) {
            throw new UnreadableFileException("column " + number
                    + " has a type that is not read; send text, numbers, dates, timestamps or yes/no values");
        }
        return new ParquetColumn(toText);
    }

    private static ToText toText(PrimitiveType type) {
        LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
        if (meaning instanceof DecimalLogicalTypeAnnotation decimal && decimal.getScale() > MOST_DECIMALS) {
            return null;
        }
        return switch (type.getPrimitiveTypeName()) {
            case BOOLEAN -> (row, i) -> row.getBoolean(i, 0) ? "1" : "0";
            case FLOAT -> (row, i) -> plain(row.getFloat(i, 0), Float.toString(row.getFloat(i, 0)));
            case DOUBLE -> (row, i) -> plain(row.getDouble(i, 0), Double.toString(row.getDouble(i, 0)));
            case INT32 -> whole(meaning, (row, i) -> (long) row.getInteger(i, 0), Integer::toUnsignedString);
            case INT64 -> whole(meaning, (row, i) -> row.getLong(i, 0), null);
            case INT96 -> (row, i) -> int96(row.getInt96(i, 0).getBytes());
            case BINARY -> binary(meaning);
            case FIXED_LEN_BYTE_ARRAY ->
                meaning instanceof DecimalLogicalTypeAnnotation decimal ? decimal(decimal) : null;
        };
    }

    private interface ToLong {
        long value(Group row, int column);
    }

    private static ToText whole(LogicalTypeAnnotation meaning, ToLong value, Function<Integer, String> unsigned) {
        if (meaning == null) {
            return (row, i) -> Long.toString(value.value(row, i));
        }
        if (meaning instanceof IntLogicalTypeAnnotation integer) {
            if (integer.isSigned()) {
                return (row, i) -> Long.toString(value.value(row, i));
            }
            return unsigned == null
                    ? (row, i) -> Long.toUnsignedString(value.value(row, i))
                    : (row, i) -> unsigned.apply((int) value.value(row, i));
        }
        if (meaning instanceof DateLogicalTypeAnnotation) {
            return (row, i) -> LocalDate.ofEpochDay(value.value(row, i)).toString();
        }
        if (meaning instanceof DecimalLogicalTypeAnnotation decimal) {
            return (row, i) -> plain(BigDecimal.valueOf(value.value(row, i), decimal.getScale()));
        }
        if (meaning instanceof TimestampLogicalTypeAnnotation timestamp) {
            return (row, i) -> timestamp(value.value(row, i), timestamp.getUnit());
        }
        return null;
    }

    private static ToText binary(LogicalTypeAnnotation meaning) {
        if (meaning instanceof DecimalLogicalTypeAnnotation decimal) {
            return decimal(decimal);
        }
        // Older writers leave text without a mark that says so.
        boolean isText = meaning == null
                || meaning instanceof StringLogicalTypeAnnotation
                || meaning instanceof EnumLogicalTypeAnnotation
                || meaning instanceof JsonLogicalTypeAnnotation;
        return isText ? (row, i) -> row.getBinary(i, 0).toStringUsingUTF8() : null;
    }

    private static ToText decimal(DecimalLogicalTypeAnnotation decimal) {
        return (row, i) -> {
            byte[] bytes = row.getBinary(i, 0).getBytes();
            return bytes.length == 0 ? "" : plain(new BigDecimal(new BigInteger(bytes), decimal.getScale()));
        };
    }

    private static String timestamp(long value, TimeUnit unit) {
        ChronoUnit steps =
                switch (unit) {
                    case MILLIS -> ChronoUnit.MILLIS;
                    case MICROS -> ChronoUnit.MICROS;
                    case NANOS -> ChronoUnit.NANOS;
                };
        return dateAndTime(LocalDateTime.ofInstant(Instant.EPOCH.plus(value, steps), ZoneOffset.UTC));
    }

    /** The form in which older Spark and Impala write timestamps: nanoseconds of the day, then the Julian day. */
    private static String int96(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long nanos = buffer.getLong();
        LocalDate day = LocalDate.EPOCH.with(JulianFields.JULIAN_DAY, buffer.getInt());
        return dateAndTime(day.atStartOfDay().plusNanos(nanos));
    }

    /** A date when the time is midnight, as it is of dates that were stored as timestamps. */
    private static String dateAndTime(LocalDateTime time) {
        return time.toLocalTime().equals(LocalTime.MIDNIGHT)
                ? time.toLocalDate().toString()
                : WITH_TIME.format(time);
    }

    private static String plain(double number, String text) {
        return Double.isFinite(number) ? plain(new BigDecimal(text)) : text;
    }

    private static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }
}
