package org.lacwarehouse.pipeline.landing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An element of an XML file with its fields: its child elements that have none of their own. */
final class XmlRecord {
    private final String kind;
    private final long line;
    private final XmlRecord parent;
    private final Map<String, String> fields = new LinkedHashMap<>();
    private final List<String> repeated = new ArrayList<>();

    XmlRecord(String kind, long line, XmlRecord parent) {
        this.kind = kind;
        this.line = line;
        this.parent = parent;
    }

    void add(String field, String text) {
        if (fields.putIfAbsent(field, text) != null) {
            repeated.add(text);
        }
    }

    /** The element's name, in the form in which headers are compared. */
    String kind() {
        return kind;
    }

    /** The line on which it begins. */
    long line() {
        return line;
    }

    /** The element in which it lies; null below the root. */
    XmlRecord parent() {
        return parent;
    }

    /** Its fields by name, in the form in which headers are compared; of a field that is repeated, the first. */
    Map<String, String> fields() {
        return fields;
    }

    /** The values of fields that it has more than once, but for the first. */
    List<String> repeated() {
        return repeated;
    }
}
