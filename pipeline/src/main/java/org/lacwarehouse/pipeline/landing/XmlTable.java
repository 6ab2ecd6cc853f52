package org.lacwarehouse.pipeline.landing;

import java.io.Serializable;
import java.util.List;

/**
 * Which elements of an XML file are the rows of a dataset, and which of their child elements its fields.
 *
 * @param kinds the names of the elements that are rows, such as {@code EPISODE}
 * @param own the fields that are child elements of the row itself
 * @param inherited the fields that are child elements of what the row lies in, or of the element {@code who} beside it
 * @param who the element that says whose rows these are, such as {@code HEADER}; empty when there is none
 * @param flag a child element that says by 1 or 0 whether the row is one of this dataset; empty when there is none
 * @param onlyWith of several datasets in one kind of element: the fields of which a row of this one has at least one;
 *     empty when each element is a row
 */
public record XmlTable(
        List<String> kinds, List<String> own, List<String> inherited, String who, String flag, List<String> onlyWith)
        implements Serializable {}
