// SPDX-License-Identifier: MIT
#pragma once

#include "hexdump.h"
#include "jsonlines.h"
#include "jsonrows.h"
#include "payloadrow.h"
#include "textrows.h"

#include <QAbstractListModel>
#include <QQmlParserStatus>
#include <QtQml/qqmlregistration.h>

#include <functional>
#include <optional>
#include <variant>

/*!
    A whole payload as a list model for a view in a fixed font: as text, as JSON or as bytes.

    Each row fits into \c columns, so that nothing large is ever laid out by Qt, and its words are
    made when the view asks for them. What they are is harmless, as DisplayText makes it.
*/
class PayloadLines
    : public QAbstractListModel
    , public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_ELEMENT

    /// The message byte for byte, and whether it came as binary.
    Q_PROPERTY(QByteArray payload READ payload WRITE setPayload NOTIFY payloadChanged FINAL)
    Q_PROPERTY(bool isBinary READ isBinary WRITE setBinary NOTIFY isBinaryChanged FINAL)
    /// The message to compare with; empty when there is none.
    Q_PROPERTY(QByteArray previous READ previous WRITE setPrevious NOTIFY previousChanged FINAL)
    /// How it is to be shown, and how it is: Auto is Hex for binary, Json for an object or an
    /// array, Text for the rest; what is not JSON is Text.
    Q_PROPERTY(Mode mode READ mode WRITE setMode NOTIFY modeChanged FINAL)
    Q_PROPERTY(Mode shownMode READ shownMode NOTIFY rowsChanged FINAL)
    /// How many letters of the fixed font fit into a row, at least minColumns, and how many of
    /// them the numbers at its left take, with the gap after them.
    Q_PROPERTY(int columns READ columns WRITE setColumns NOTIFY columnsChanged FINAL)
    Q_PROPERTY(int numberColumns READ numberColumns NOTIFY rowsChanged FINAL)
    /// Whether the differences to the previous message are to be shown, whether they can be (both
    /// are JSON of the same shape, see PayloadDiff), and how many there are when they are.
    Q_PROPERTY(bool comparing READ comparing WRITE setComparing NOTIFY comparingChanged FINAL)
    Q_PROPERTY(bool comparable READ comparable NOTIFY rowsChanged FINAL)
    Q_PROPERTY(int changeCount READ changeCount NOTIFY rowsChanged FINAL)
    /// How many rows there are.
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)
    /// A sentence about what is not shown as asked for; empty when there is nothing to say.
    Q_PROPERTY(QString problem READ problem NOTIFY rowsChanged FINAL)

public:
    enum Mode { Auto, Text, Json, Hex };
    Q_ENUM(Mode)

    /// See PayloadRow.
    enum Role {
        NumberRole = Qt::UserRole,
        DepthRole,
        SpansRole, ///< a list of {text, kind}, kind being PayloadType::Kind
        TextRole, ///< all spans in one
        FoldableRole,
        FoldedRole,
        ChangeRole, ///< PayloadType::Change
    };
    Q_ENUM(Role)

    static constexpr int minColumns = 20;
    static constexpr int maxColumns = 512;
    static constexpr int defaultColumns = 100;
    /// Longer payloads are shown as bytes only; QWebSocket takes none.
    static constexpr qsizetype maxBytes = 2'147'483'647;

    explicit PayloadLines(QObject *parent = nullptr);

    [[nodiscard]] QByteArray payload() const { return m_payload; }
    void setPayload(const QByteArray &payload);
    [[nodiscard]] bool isBinary() const { return m_isBinary; }
    void setBinary(bool binary);
    [[nodiscard]] QByteArray previous() const { return m_previous; }
    void setPrevious(const QByteArray &previous);
    [[nodiscard]] Mode mode() const { return m_mode; }
    void setMode(Mode mode);
    [[nodiscard]] Mode shownMode() const;
    [[nodiscard]] int columns() const { return m_columns; }
    void setColumns(int columns);
    [[nodiscard]] int numberColumns() const;
    [[nodiscard]] bool comparing() const { return m_comparing; }
    void setComparing(bool comparing);
    [[nodiscard]] bool comparable() const { return m_comparable; }
    [[nodiscard]] int changeCount() const;
    [[nodiscard]] int count() const;
    [[nodiscard]] QString problem() const;

    /// Folds the object or array that begins in \a row, or unfolds it; nothing for another row.
    Q_INVOKABLE void toggleFold(int row);
    [[nodiscard]] Q_INVOKABLE bool isFoldable(int row) const;
    [[nodiscard]] Q_INVOKABLE bool isFolded(int row) const;
    /// The row of the object or array that \a row is in; -1 when it is in none.
    [[nodiscard]] Q_INVOKABLE int parentOf(int row) const;
    /// The offset in bytes of what \a row shows, and the row that shows the byte at \a offset: with
    /// them a view keeps its place when the rows are made anew.
    [[nodiscard]] Q_INVOKABLE qint64 offsetAt(int row) const;
    [[nodiscard]] Q_INVOKABLE int rowAt(qint64 offset) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    void classBegin() override { m_complete = false; }
    void componentComplete() override;

Q_SIGNALS:
    void payloadChanged();
    void isBinaryChanged();
    void previousChanged();
    void modeChanged();
    void columnsChanged();
    void comparingChanged();
    void countChanged();
    void rowsChanged();

private:
    using Rows = std::variant<HexDump, TextRows, JsonRows>;

    void rebuild();
    [[nodiscard]] Rows makeRows();
    [[nodiscard]] bool isShownAsJson();
    const JsonLines &json();
    const JsonLines &previousJson();
    void resetRows(const std::function<void()> &change);
    [[nodiscard]] const JsonRows *jsonRows() const { return std::get_if<JsonRows>(&m_rows); }
    [[nodiscard]] bool isTooLong() const { return m_payload.size() > maxBytes; }
    [[nodiscard]] bool isRow(int row) const { return row >= 0 && row < count(); }
    [[nodiscard]] PayloadRow row(int row) const;

    QByteArray m_payload;
    QByteArray m_previous;
    std::optional<JsonLines> m_json; // of the payload, once it was asked for
    std::optional<JsonLines> m_previousJson;
    Rows m_rows;
    Mode m_mode = Auto;
    int m_columns = defaultColumns;
    bool m_isBinary = false;
    bool m_comparing = false;
    bool m_comparable = false;
    bool m_complete = true; // QML sets the properties one by one
};
