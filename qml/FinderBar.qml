// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    The FilterBar of a Finder: what is typed there is looked for, and hits are asked to be shown.
*/
FilterBar {
    id: root

    /*! What looks for it. */
    required property Finder finder
    /*! The entry from which the next hit is counted, by its number; 0: none. */
    property int chosen: 0

    /*! A hit is to be chosen and shown. */
    signal hitRequested(int seq)
    /*! Which rows there are has changed: the chosen one may have another place. */
    signal rowsChanged()

    /*! Whether the first hit is to be shown when there is one. */
    property bool awaited: false

    /*! Forgets what was looked for, and closes. */
    function clear() {
        visible = false;
        finder.clear(); // at once, and not for each of these
        text = "";
        direction = "all";
        messagesOnly = false;
        binaryOnly = false;
        timer.stop();
    }

    function showHit(next: var) {
        finder.text = text;
        const seq = next(chosen);
        awaited = seq === 0 && finder.active;
        if (seq !== 0)
            hitRequested(seq);
    }

    onFinderChanged: finder.hidesOthers = hidesOthers
    active: finder.active
    searching: finder.searching
    hitCount: finder.hitCount
    // As hits come in, the chosen one gets another place.
    current: finder.hitCount > 0 ? finder.rank(chosen) : 0
    onTextChanged: {
        awaited = false;
        timer.restart();
    }
    onHitCountChanged: {
        if (awaited && hitCount > 0)
            olderRequested();
    }
    onDirectionChanged: finder.direction = direction
    onMessagesOnlyChanged: finder.messagesOnly = messagesOnly
    onBinaryOnlyChanged: finder.binaryOnly = binaryOnly
    onHidesOthersChanged: {
        finder.hidesOthers = hidesOthers;
        rowsChanged();
    }
    onOlderRequested: showHit(seq => finder.olderHit(seq))
    onNewerRequested: showHit(seq => finder.newerHit(seq))

    // Not for every key of a fast typist.
    Timer {
        id: timer

        interval: 40
        onTriggered: root.finder.text = root.text
    }
}
