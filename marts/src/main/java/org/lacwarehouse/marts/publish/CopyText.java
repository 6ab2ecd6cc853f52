package org.lacwarehouse.marts.publish;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;

/**
 * Rows in the text format of PostgreSQL's COPY, as bytes: text is taken as the bytes in which Spark holds it, without a
 * string in between.
 */
final class CopyText {
    private static final byte[] REPLACEMENT = "\uFFFD".getBytes(StandardCharsets.UTF_8);

    private final DataType[] types;
    private final Map<Integer, byte[]> dates = new HashMap<>();
    private byte[] bytes = new byte[1 << 17];
    private int length;

    /** @param types the types of the columns, of those that {@link Publication} makes columns of */
    CopyText(DataType[] types) {
        this.types = types;
    }

    /** The bytes so far are the first {@link #length()} of these. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    void append(InternalRow row) {
        for (int i = 0; i < types.length; i++) {
            if (i > 0) {
                append((byte) '\t');
            }
            if (row.isNullAt(i)) {
                append((byte) '\\');
                append((byte) 'N');
            } else {
                append(row, i);
            }
        }
        append((byte) '\n');
    }

    private void append(InternalRow row, int i) {
        DataType type = types[i];
        if (type instanceof IntegerType) {
            plain(Integer.toString(row.getInt(i)));
        } else if (type instanceof LongType) {
            plain(Long.toString(row.getLong(i)));
        } else if (type instanceof DoubleType) {
            plain(Double.toString(row.getDouble(i)));
        } else if (type instanceof BooleanType) {
            append((byte) (row.getBoolean(i) ? 't' : 'f'));
        } else if (type instanceof DateType) {
            append(dates.computeIfAbsent(
                    row.getInt(i), day -> LocalDate.ofEpochDay(day).toString().getBytes(StandardCharsets.ISO_8859_1)));
        } else if (type instanceof DecimalType decimal) {
            plain(row.getDecimal(i, decimal.precision(), decimal.scale())
                    .toJavaBigDecimal()
                    .toPlainString());
        } else {
            escaped(row.getUTF8String(i).getBytes());
        }
    }

    private void plain(String ascii) {
        append(ascii.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** What COPY would read as something else is written in another way; PostgreSQL has no text with a zero byte. */
    private void escaped(byte[] text) {
        for (byte b : text) {
            if (b >= 0 && b < ' ' || b == '\\') {
                for (byte each : text) {
                    switch (each) {
                        case '\\' -> plain("\\\\");
                        case '\t' -> plain("\\t");
                        case '\n' -> plain("\\n");
                        case '\r' -> plain("\\r");
                        case 0 -> append(REPLACEMENT);
                        default -> append(each);
                    }
                }
                return;
            }
        }
        append(text);
    }

    private void append(byte b) {
        room(1);
        bytes[length++] = b;
    }

    private void append(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, length, more.length);
        length += more.length;
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * (length + more));
        }
    }
}
