package io.hotpool.server.learn;

/**
 * A field of a header block and how it was written (RFC 7541, 6).
 *
 * @param nameIndex table entry that the field or its name refers to; 0: the name is spelled out
 * @param valueLength bytes of the value on the wire; 0 for an indexed field
 * @param valueHuffman the value is Huffman-coded
 * @param nameHuffman the name is Huffman-coded
 * @param nameLength bytes of the name on the wire; 0 unless it is spelled out
 */
record HpackField(
        String name,
        String value,
        Form form,
        int nameIndex,
        int nameLength,
        boolean nameHuffman,
        int valueLength,
        boolean valueHuffman) {

    enum Form {
        INDEXED,
        INCREMENTAL,
        WITHOUT_INDEXING,
        NEVER_INDEXED
    }

    /** Coded although that is not shorter. */
    boolean codedInVain() {
        return valueHuffman && valueLength >= value.length() && !value.isEmpty()
                || nameHuffman && nameLength >= name.length();
    }
}
