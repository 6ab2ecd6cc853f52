package org.lacwarehouse.jobs.night;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** The lines of a file, whatever bytes it consists of: where they are, and making them unreadable. */
final class TextLines {
    private TextLines() {}

    /**
     * A line.
     *
     * @param number its number, from 1
     * @param start the place of its first byte
     * @param length its bytes without the line end
     */
    record Line(long number, long start, int length) {}

    /** The lines that fulfil a condition. */
    static List<Line> find(Path file, Predicate<String> condition) throws IOException {
        List<Line> found = new ArrayList<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            long number = 0;
            long start = 0;
            int next;
            do {
                next = in.read();
                if (next >= 0 && next != '\n') {
                    bytes.write(next);
                    continue;
                }
                number++;
                if (condition.test(bytes.toString(StandardCharsets.UTF_8))) {
                    found.add(new Line(number, start, bytes.size()));
                }
                start += bytes.size() + 1;
                bytes.reset();
            } while (next >= 0);
        }
        return found;
    }

    /** Overwrites each line that fulfils a condition with stars, in place: the program may be writing to the file's end. */
    static int blot(Path file, Predicate<String> condition) throws IOException {
        List<Line> found = find(file, condition);
        if (!found.isEmpty()) {
            try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
                for (Line line : found) {
                    byte[] stars = new byte[line.length()];
                    Arrays.fill(stars, (byte) '*');
                    out.seek(line.start());
                    out.write(stars);
                }
            }
        }
        return found.size();
    }
}
