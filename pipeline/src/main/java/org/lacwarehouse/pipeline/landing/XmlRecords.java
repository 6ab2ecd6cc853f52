package org.lacwarehouse.pipeline.landing;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.lacwarehouse.pipeline.contract.Contract;

/**
 * The records of an XML file, one group after the other: a group is a child element of the root, such as a
 * {@code CHILD} of the DfE return, with all that lies in it.
 */
final class XmlRecords implements Closeable {
    private static final int MOST_RECORDS = 100_000;
    private static final int MOST_CHARACTERS = 2 * TableFile.LONGEST_CELL;

    /** An element that has begun and not ended. */
    private static final class Open {
        private final String name;
        private final long line;
        private final Open outer;
        private final StringBuilder text = new StringBuilder();
        private XmlRecord asRecord;

        Open(String name, long line, Open outer) {
            this.name = name;
            this.line = line;
            this.outer = outer;
        }
    }

    private final SafeXml xml;
    private final Deque<Open> open = new ArrayDeque<>();
    private List<XmlRecord> group = new ArrayList<>();
    private long characters;

    private XmlRecords(SafeXml xml) {
        this.xml = xml;
    }

    static XmlRecords open(Path path) throws IOException {
        return new XmlRecords(new SafeXml(Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)));
    }

    /** The records of the next group in the order in which they begin; null after the last. */
    List<XmlRecord> next() throws IOException {
        while (true) {
            switch (xml.next()) {
                case START -> begin();
                case TEXT -> xml.text(open.getLast().text);
                case END -> {
                    end();
                    if (open.size() == 1) {
                        List<XmlRecord> whole = group.stream()
                                .filter(found -> !found.fields().isEmpty())
                                .toList();
                        group = new ArrayList<>();
                        characters = 0;
                        if (!whole.isEmpty()) {
                            return whole;
                        }
                    }
                }
                case DONE -> {
                    return null;
                }
            }
        }
    }

    private void begin() throws IOException {
        Open outer = open.peekLast();
        if (outer != null && outer.outer != null && outer.asRecord == null) {
            outer.asRecord = new XmlRecord(outer.name, outer.line, outer.outer.asRecord);
            group.add(outer.asRecord);
        }
        if (outer != null) {
            noTextOf(outer);
        }
        if (group.size() > MOST_RECORDS) {
            throw tooLarge();
        }
        open.addLast(new Open(Contract.normal(xml.name()), xml.line(), outer));
    }

    private void end() throws IOException {
        Open ended = open.removeLast();
        if (ended.outer == null || ended.outer.outer == null) {
            // The root itself, and what is said of the whole file.
            return;
        }
        if (ended.asRecord != null) {
            noTextOf(ended);
            return;
        }
        characters += ended.name.length() + ended.text.length() + 32;
        if (characters > MOST_CHARACTERS) {
            throw tooLarge();
        }
        ended.outer.asRecord.add(ended.name, ended.text.toString());
    }

    /** Only elements without child elements have a value. */
    private void noTextOf(Open element) throws IOException {
        if (element.outer != null && !element.text.toString().isBlank()) {
            throw new UnreadableFileException(
                    "line " + xml.line() + ": there is text between the elements of a record");
        }
        element.text.setLength(0);
    }

    private UnreadableFileException tooLarge() {
        return new UnreadableFileException(
                "line " + xml.line() + ": one element below the root holds more than a child's records ever do;"
                        + " rows and CHILD elements belong directly below the root");
    }

    @Override
    public void close() throws IOException {
        xml.close();
    }
}
