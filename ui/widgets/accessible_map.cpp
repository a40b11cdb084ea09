// Implements accessible_map.h with QAccessible's table and cell interfaces.

#include "ui/widgets/accessible_map.h"

#include <QAccessibleWidget>
#include <QCoreApplication>
#include <QHash>

#include <cmath>

namespace headlight::ui {
namespace {

/// Cells that are alive at a time; a reader asks for the few around the current one.
constexpr qsizetype mostCells = 512;

QString tr(const char* text)
{
    return QCoreApplication::translate("AccessibleMap", text);
}

/// Keeps the map at its widget, where the factory below finds it.
class MapHolder : public QObject {
public:
    MapHolder(QWidget* widget, AccessibleMap given)
        : QObject(widget)
        , map(std::move(given))
    {
        setObjectName(name());
    }
    static QString name() { return QStringLiteral("accessible map"); }
    static MapHolder* of(const QObject* widget)
    {
        return static_cast<MapHolder*>(widget->findChild<QObject*>(name(), Qt::FindDirectChildrenOnly));
    }

    AccessibleMap map;
    std::optional<AccessibleCell> told; ///< the last current cell
    QString toldText;
};

class MapInterface;

class CellInterface : public QAccessibleInterface,
                      public QAccessibleTableCellInterface,
                      public QAccessibleActionInterface {
public:
    CellInterface(MapInterface& table, AccessibleCell cell)
        : m_table(table)
        , m_cell(cell)
    {
    }
    AccessibleCell cell() const { return m_cell; }

    bool isValid() const override;
    QObject* object() const override { return nullptr; }
    QWindow* window() const override;
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    QAccessibleInterface* parent() const override;
    QAccessibleInterface* child(int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QString text(QAccessible::Text kind) const override;
    void setText(QAccessible::Text, const QString&) override { }
    QRect rect() const override;
    QAccessible::Role role() const override { return QAccessible::Cell; }
    QAccessible::State state() const override;
    void* interface_cast(QAccessible::InterfaceType type) override;

    bool isSelected() const override;
    QList<QAccessibleInterface*> columnHeaderCells() const override { return {}; }
    QList<QAccessibleInterface*> rowHeaderCells() const override { return {}; }
    int columnIndex() const override { return m_cell.column; }
    int rowIndex() const override { return m_cell.row; }
    int columnExtent() const override { return 1; }
    int rowExtent() const override { return 1; }
    QAccessibleInterface* table() const override { return parent(); }

    QStringList actionNames() const override { return { pressAction() }; }
    void doAction(const QString& name) override;
    QStringList keyBindingsForAction(const QString&) const override { return {}; }

private:
    MapInterface& m_table;
    AccessibleCell m_cell;
};

class MapInterface : public QAccessibleWidget, public QAccessibleTableInterface {
public:
    explicit MapInterface(QWidget* widget)
        : QAccessibleWidget(widget, QAccessible::Table)
    {
    }
    ~MapInterface() override { forget(); }

    const AccessibleMap* map() const
    {
        const MapHolder* holder = isValid() ? MapHolder::of(object()) : nullptr;
        return holder ? &holder->map : nullptr;
    }
    std::optional<AccessibleCell> current() const
    {
        const AccessibleMap* known = map();
        const auto cell = known && known->current ? known->current() : std::nullopt;
        return cell && inside(*cell) ? cell : std::nullopt;
    }
    bool inside(AccessibleCell cell) const
    {
        return cell.row >= 0 && cell.column >= 0 && cell.row < rowCount() && cell.column < columnCount();
    }
    QWidget* painted() const { return widget(); }

    // Of the widget.
    int childCount() const override { return rowCount() * columnCount(); }
    QAccessibleInterface* child(int index) const override
    {
        const int columns = columnCount();
        return columns > 0 && index >= 0 ? cellAt(index / columns, index % columns) : nullptr;
    }
    int indexOfChild(const QAccessibleInterface* child) const override
    {
        const auto* cell = dynamic_cast<const CellInterface*>(child);
        return cell ? cell->cell().row * columnCount() + cell->cell().column : -1;
    }
    QAccessibleInterface* focusChild() const override
    {
        const auto cell = current();
        return cell ? cellAt(cell->row, cell->column) : nullptr;
    }
    QString text(QAccessible::Text kind) const override
    {
        const auto cell = current();
        if (kind == QAccessible::Value)
            return cell ? spoken(*map(), *cell) : QString();
        return QAccessibleWidget::text(kind);
    }
    void* interface_cast(QAccessible::InterfaceType type) override
    {
        return type == QAccessible::TableInterface ? static_cast<QAccessibleTableInterface*>(this)
                                                   : QAccessibleWidget::interface_cast(type);
    }

    // Of the table.
    QAccessibleInterface* caption() const override { return nullptr; }
    QAccessibleInterface* summary() const override { return nullptr; }
    QAccessibleInterface* cellAt(int row, int column) const override
    {
        const AccessibleCell cell{ row, column };
        if (!inside(cell))
            return nullptr;
        const qint64 key = qint64(row) << 32 | qint64(column);
        if (const auto found = m_cells.constFind(key); found != m_cells.constEnd())
            return QAccessible::accessibleInterface(*found);
        if (m_cells.size() >= mostCells)
            forget();
        auto* made = new CellInterface(const_cast<MapInterface&>(*this), cell);
        m_cells.insert(key, QAccessible::registerAccessibleInterface(made));
        return made;
    }
    int selectedCellCount() const override { return current() ? 1 : 0; }
    QList<QAccessibleInterface*> selectedCells() const override
    {
        QAccessibleInterface* cell = focusChild();
        return cell ? QList<QAccessibleInterface*>{ cell } : QList<QAccessibleInterface*>{};
    }
    QString columnDescription(int column) const override
    {
        const AccessibleMap* known = map();
        return known && known->columnName ? known->columnName(column) : QString();
    }
    QString rowDescription(int row) const override
    {
        const AccessibleMap* known = map();
        return known && known->rowName ? known->rowName(row) : QString();
    }
    int selectedColumnCount() const override { return 0; }
    int selectedRowCount() const override { return 0; }
    int columnCount() const override
    {
        const AccessibleMap* known = map();
        return known && known->columns ? std::max(0, known->columns()) : 0;
    }
    int rowCount() const override
    {
        const AccessibleMap* known = map();
        return known && known->rows ? std::max(0, known->rows()) : 0;
    }
    QList<int> selectedColumns() const override { return {}; }
    QList<int> selectedRows() const override { return {}; }
    bool isColumnSelected(int) const override { return false; }
    bool isRowSelected(int) const override { return false; }
    bool selectRow(int) override { return false; }
    bool selectColumn(int) override { return false; }
    bool unselectRow(int) override { return false; }
    bool unselectColumn(int) override { return false; }
    void modelChange(QAccessibleTableModelChangeEvent*) override { forget(); }

private:
    void forget() const
    {
        for (const QAccessible::Id cell : std::as_const(m_cells))
            QAccessible::deleteAccessibleInterface(cell);
        m_cells.clear();
    }
    mutable QHash<qint64, QAccessible::Id> m_cells;
};

bool CellInterface::isValid() const
{
    return m_table.isValid() && m_table.inside(m_cell);
}

QWindow* CellInterface::window() const
{
    return m_table.window();
}

QAccessibleInterface* CellInterface::parent() const
{
    return &m_table;
}

QString CellInterface::text(QAccessible::Text kind) const
{
    const AccessibleMap* map = isValid() ? m_table.map() : nullptr;
    if (map && kind == QAccessible::Name)
        return spoken(*map, m_cell);
    if (map && kind == QAccessible::Value && map->value)
        return map->value(m_cell);
    return {};
}

QRect CellInterface::rect() const
{
    const AccessibleMap* map = isValid() ? m_table.map() : nullptr;
    if (!map || !map->place)
        return {};
    const QRect inWidget = map->place(m_cell);
    return { m_table.painted()->mapToGlobal(inWidget.topLeft()), inWidget.size() };
}

QAccessible::State CellInterface::state() const
{
    QAccessible::State state;
    state.focusable = state.selectable = state.readOnly = true;
    state.invalid = !isValid();
    state.selected = state.focused = isSelected();
    return state;
}

void* CellInterface::interface_cast(QAccessible::InterfaceType type)
{
    if (type == QAccessible::TableCellInterface)
        return static_cast<QAccessibleTableCellInterface*>(this);
    return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface*>(this) : nullptr;
}

bool CellInterface::isSelected() const
{
    return m_table.current() == m_cell;
}

void CellInterface::doAction(const QString& name)
{
    const AccessibleMap* map = isValid() ? m_table.map() : nullptr;
    if (map && map->choose && name == pressAction())
        map->choose(m_cell);
}

QAccessibleInterface* mapFactory(const QString&, QObject* object)
{
    auto* widget = qobject_cast<QWidget*>(object);
    return widget && MapHolder::of(widget) ? new MapInterface(widget) : nullptr;
}

} // namespace

QString spoken(const AccessibleMap& map, AccessibleCell cell)
{
    QStringList parts;
    const QString row = map.rowName ? map.rowName(cell.row) : QString();
    const QString column = map.columnName ? map.columnName(cell.column) : QString();
    if (!row.isEmpty())
        parts << (column.isEmpty() ? row : tr("row %1").arg(row));
    if (!column.isEmpty())
        parts << (row.isEmpty() ? column : tr("column %1").arg(column));
    if (map.value)
        parts << map.value(cell);
    return parts.join(QStringLiteral(", "));
}

QString spokenWeight(float weight)
{
    return std::abs(weight) >= 0.1f || weight == 0.0f ? QString::number(double(weight), 'f', 2)
                                                      : QString::number(double(weight), 'g', 2);
}

void makeAccessible(QWidget* widget, AccessibleMap map)
{
    static const bool installed = [] {
        QAccessible::installFactory(mapFactory);
        return true;
    }();
    Q_UNUSED(installed)
    delete MapHolder::of(widget);
    // Naming a widget makes a plain interface for it.
    if (QAccessibleInterface* plain = QAccessible::queryAccessibleInterface(widget))
        QAccessible::deleteAccessibleInterface(QAccessible::uniqueId(plain));
    new MapHolder(widget, std::move(map)); // its parent owns it
}

QString toldLast(const QWidget* widget)
{
    const MapHolder* holder = MapHolder::of(widget);
    return holder ? holder->toldText : QString();
}

void tellAccessible(QWidget* widget)
{
    MapHolder* holder = MapHolder::of(widget);
    if (!holder || !widget->isVisible())
        return;
    auto* table = dynamic_cast<MapInterface*>(QAccessible::queryAccessibleInterface(widget));
    const auto cell = table ? table->current() : std::nullopt;
    const QString text = cell ? spoken(holder->map, *cell) : QString();
    if (!cell || (cell == holder->told && text == holder->toldText))
        return;
    holder->told = cell;
    holder->toldText = text;
    const int index = cell->row * table->columnCount() + cell->column;
    for (const QAccessible::Event kind : { QAccessible::Focus, QAccessible::NameChanged }) {
        QAccessibleEvent event(widget, kind);
        event.setChild(index);
        QAccessible::updateAccessibility(&event);
    }
    QAccessibleValueChangeEvent value(widget, text);
    QAccessible::updateAccessibility(&value);
}

} // namespace headlight::ui
